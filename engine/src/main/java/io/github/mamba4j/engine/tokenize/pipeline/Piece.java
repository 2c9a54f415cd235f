package io.github.mamba4j.engine.tokenize.pipeline;

import java.util.Arrays;

/**
 * A stretch of text that knows where in the original text its characters come from. A mutable view, which its maker may
 * use for another stretch once it is passed on.
 */
final class Piece {
    char[] chars;
    int from;
    int to;
    /** By index in chars: where the original of a character begins and ends; null if it is at index + shift. */
    private int[] starts;
    private int[] ends;
    private int shift;

    /** Takes a stretch of a text that is as it was, or of one of which nothing has to be known. */
    Piece set(char[] text, int start, int end, int shiftToOrigin) {
        chars = text;
        from = start;
        to = end;
        starts = null;
        ends = null;
        shift = shiftToOrigin;
        return this;
    }

    Piece set(char[] text, int start, int end, int[] originStarts, int[] originEnds) {
        set(text, start, end, 0);
        starts = originStarts;
        ends = originEnds;
        return this;
    }

    /** Takes a stretch of another piece. */
    Piece set(Piece other, int start, int end) {
        chars = other.chars;
        from = start;
        to = end;
        starts = other.starts;
        ends = other.ends;
        shift = other.shift;
        return this;
    }

    /** Takes another piece with other characters, as many. */
    Piece set(Piece other, char[] text) {
        if (other.starts == null) {
            return set(text, 0, text.length, other.from + other.shift);
        }
        return set(text, 0, text.length, Arrays.copyOfRange(other.starts, other.from, other.to),
                Arrays.copyOfRange(other.ends, other.from, other.to));
    }

    int length() {
        return to - from;
    }

    /** Where in the original text a character begins. */
    int startOf(int index) {
        if (starts != null) {
            return starts[index];
        }
        boolean second = Character.isLowSurrogate(chars[index]) && index > from;
        return index + shift - (second ? 1 : 0);
    }

    /** Where in the original text a character ends. */
    int endOf(int index) {
        if (ends != null) {
            return ends[index];
        }
        boolean first = Character.isHighSurrogate(chars[index]) && index + 1 < to;
        return index + shift + (first ? 2 : 1);
    }

    /** Whether it is not empty and the text begins with it. */
    boolean beginsText() {
        return from < to && startOf(from) == 0;
    }
}
