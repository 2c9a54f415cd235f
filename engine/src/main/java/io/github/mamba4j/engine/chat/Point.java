package io.github.mamba4j.engine.chat;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A place in a conversation's text that can be gone on from: the tokens that lead there, and the state they make. A point
 * knows only the tokens and the text since its parent, so that a long conversation is kept once however many points it has.
 *
 * <p>The state may be let go; feeding the same tokens makes the same bits again.
 */
final class Point {
    private final Point parent;
    private final int[] tokens;
    private final int[] pending;
    private final String text;
    private final int textLength;
    private final long consumed;
    private MambaState state;

    /**
     * Makes a point.
     *
     * @param parent where the tokens start; null for the beginning
     * @param tokens what was fed since
     * @param pending tokens that belong to the text but are not fed yet
     * @param text the text since the parent's, that of the pending tokens included
     * @param state what all tokens fed make; may be null
     */
    Point(Point parent, int[] tokens, int[] pending, String text, MambaState state) {
        this.parent = parent;
        this.tokens = tokens;
        this.pending = pending;
        this.text = text;
        this.state = state;
        textLength = text.length() + (parent == null ? 0 : parent.textLength);
        consumed = tokens.length + (parent == null ? 0 : parent.consumed);
    }

    /** The beginning, where nothing was fed. */
    static Point beginning() {
        return new Point(null, new int[0], new int[0], "", null);
    }

    Point parent() {
        return parent;
    }

    int[] tokens() {
        return tokens;
    }

    int[] pending() {
        return pending;
    }

    /** The text since the parent's. */
    String text() {
        return text;
    }

    /** The chars of the whole text from the beginning to here. */
    int textLength() {
        return textLength;
    }

    /** Whether a text begins with the whole text from the beginning to here. */
    boolean leadsTo(String whole) {
        Point point = this;
        while (point.parent != null && whole.startsWith(point.text, point.parent.textLength)) {
            point = point.parent;
        }
        return point.parent == null;
    }

    /** How many tokens were fed from the beginning. */
    long consumed() {
        return consumed;
    }

    boolean isBeginning() {
        return consumed == 0;
    }

    boolean hasState() {
        return state != null;
    }

    void dropState() {
        state = null;
    }

    /** The state, made again if it was let go. */
    MambaState state(MambaModel model) {
        if (state == null) {
            Deque<Point> way = new ArrayDeque<>();
            Point from = this;
            while (from != null && from.state == null) {
                way.push(from);
                from = from.parent;
            }
            MambaState made = from == null ? model.newState() : from.state.copy();
            for (Point point : way) {
                if (point.tokens.length > 0) {
                    model.prefill(made, point.tokens);
                }
            }
            state = made;
        }
        return state;
    }

    /** All tokens fed from the beginning. */
    int[] history() {
        int[] all = new int[Math.toIntExact(consumed)];
        for (Point point = this; point != null; point = point.parent) {
            System.arraycopy(point.tokens, 0, all, (int) point.consumed - point.tokens.length, point.tokens.length);
        }
        return all;
    }
}
