package io.github.mamba4j.engine;

import io.github.mamba4j.engine.forward.ForwardPass;
import io.github.mamba4j.engine.forward.Logits;
import io.github.mamba4j.engine.forward.Segments;
import java.util.Arrays;
import java.util.Objects;

/**
 * What goes through a model in one call: segments, each the next tokens of one sequence together with its state. The
 * segments may differ in length, and prompts and single decoding steps may stand side by side; none changes a bit of
 * another's results.
 *
 * <p>The tokens of all segments, one after another, are the batch's rows. A batch is meant to be filled, run and cleared
 * again and again; once its arrays have grown to what is needed, nothing is allocated. Not thread-safe.
 */
public final class Batch {
    private final Segments segments = new Segments();
    private MambaState[] states = new MambaState[1];
    private final Logits logits = new Logits();
    /** Whether {@link #logits} belong to the present segments. */
    private boolean done;

    /** An empty batch. */
    public Batch() {}

    /** Takes all segments out. The memory is kept for the next ones; the states are let go. */
    public void clear() {
        Arrays.fill(states, 0, segments.count(), null);
        segments.clear();
        done = false;
    }

    /**
     * Adds a segment.
     *
     * @param state the sequence's state, which the call will move on
     * @param source holds the tokens, which are copied
     * @param from the index of the segment's first token
     * @param to the index after its last one
     * @param rows the tokens that want logits
     * @return the segment's number, from 0
     * @throws IllegalArgumentException if there are no tokens, or the state is in this batch already
     * @throws IndexOutOfBoundsException if the range is outside the array
     */
    public int add(MambaState state, int[] source, int from, int to, LogitsFor rows) {
        Objects.checkFromToIndex(from, to, source.length);
        if (from == to) {
            throw new IllegalArgumentException("a segment has at least one token");
        }
        int first = open(state, to - from, rows);
        segments.setTokens(first, source, from, to - from);
        return segments.count() - 1;
    }

    /**
     * Adds a segment of one token: a decoding step.
     *
     * @param state the sequence's state, which the call will move on
     * @param token the token
     * @param rows whether logits are wanted
     * @return the segment's number, from 0
     * @throws IllegalArgumentException if the state is in this batch already
     */
    public int add(MambaState state, int token, LogitsFor rows) {
        int first = open(state, 1, rows);
        segments.setToken(first, token);
        return segments.count() - 1;
    }

    /** Makes room for a segment and describes it, all but its tokens; returns its first row. */
    private int open(MambaState state, int count, LogitsFor rows) {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(rows, "rows");
        int number = segments.count();
        for (int s = 0; s < number; s++) {
            if (states[s] == state) {
                throw new IllegalArgumentException("the state is in this batch already, as that of segment " + s);
            }
        }
        int first = segments.open(state.sequence(), count, rows.rows(count));
        if (states.length == number) {
            states = Arrays.copyOf(states, 2 * number);
        }
        states[number] = state;
        done = false;
        return first;
    }

    /**
     * The number of segments.
     *
     * @return how many were added
     */
    public int segments() {
        return segments.count();
    }

    /**
     * The number of rows.
     *
     * @return the tokens of all segments
     */
    public int rows() {
        return segments.rows();
    }

    /**
     * The results of the last call of the model: row-major {@code [rows of logits, vocabSize]}, the segments' rows in
     * their order. The array may be longer than that, and the next call may overwrite it.
     *
     * @return the buffer itself, not a copy
     * @throws IllegalStateException if the segments have not been through a model
     */
    public float[] logits() {
        requireDone();
        return logits.values().data();
    }

    /**
     * Where in {@link #logits} the logits of a token begin.
     *
     * @param segment the segment's number
     * @param row which of the segment's rows of logits: 0 for {@link LogitsFor#LAST}, the token's place in the segment
     *     for {@link LogitsFor#ALL}
     * @return the index of the logit of token id 0
     * @throws IndexOutOfBoundsException if there is no such segment, or it has no such row of logits
     * @throws IllegalStateException if the segments have not been through a model
     */
    public int logitsOffset(int segment, int row) {
        requireDone();
        Objects.checkIndex(segment, segments.count());
        int first = segments.firstLogits(segment);
        Objects.checkIndex(row, segments.firstLogits(segment + 1) - first);
        return logits.values().index(first + row, 0);
    }

    private void requireDone() {
        if (!done) {
            throw new IllegalStateException("the batch has not been through a model since it was last changed");
        }
    }

    MambaState state(int segment) {
        return states[segment];
    }

    /** The tokens of a segment. */
    int rows(int segment) {
        return segments.firstRow(segment + 1) - segments.firstRow(segment);
    }

    int token(int row) {
        return segments.token(row);
    }

    /** Sends the segments, which were checked, through a model. */
    void run(ForwardPass pass, ForwardObserver observer) {
        done = false;
        pass.run(segments, logits, observer);
        done = true;
    }
}
