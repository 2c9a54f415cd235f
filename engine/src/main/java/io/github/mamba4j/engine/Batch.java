package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.Activations;
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
    private static final Activations NONE = Activations.allocate(0, 1);

    private int segments;
    private MambaState[] states = new MambaState[1];
    private LogitsFor[] wanted = new LogitsFor[1];
    /** The first row of each segment, and after the last segment the number of rows. */
    private int[] firstRow = new int[2];
    /** The first row of logits of each segment, and after the last segment their number. */
    private int[] firstLogits = new int[2];
    private int[] tokens = new int[1];

    /** {@code [rows of logits, dModel]}: the rows that the head multiplies, gathered from all passes. */
    private Activations headInput = NONE;
    /** {@code [rows of logits, vocabSize]}. */
    private Activations logits = NONE;
    /** Whether {@link #logits} belong to the present segments. */
    private boolean done;

    /** An empty batch. */
    public Batch() {}

    /** Takes all segments out. The memory is kept for the next ones; the states are let go. */
    public void clear() {
        Arrays.fill(states, 0, segments, null);
        segments = 0;
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
        System.arraycopy(source, from, tokens, first, to - from);
        return segments++;
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
        tokens[first] = token;
        return segments++;
    }

    /** Makes room for a segment and describes it, all but its tokens; returns its first row. */
    private int open(MambaState state, int count, LogitsFor rows) {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(rows, "rows");
        for (int s = 0; s < segments; s++) {
            if (states[s] == state) {
                throw new IllegalArgumentException("the state is in this batch already, as that of segment " + s);
            }
        }
        int first = firstRow[segments];
        int end = Math.addExact(first, count);
        if (tokens.length < end) {
            tokens = Arrays.copyOf(tokens, Math.max(end, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * tokens.length)));
        }
        if (states.length == segments) {
            states = Arrays.copyOf(states, 2 * segments);
            wanted = Arrays.copyOf(wanted, 2 * segments);
            firstRow = Arrays.copyOf(firstRow, 2 * segments + 1);
            firstLogits = Arrays.copyOf(firstLogits, 2 * segments + 1);
        }
        states[segments] = state;
        wanted[segments] = rows;
        firstRow[segments + 1] = end;
        firstLogits[segments + 1] = firstLogits[segments] + rows.rows(count);
        done = false;
        return first;
    }

    /**
     * The number of segments.
     *
     * @return how many were added
     */
    public int segments() {
        return segments;
    }

    /**
     * The number of rows.
     *
     * @return the tokens of all segments
     */
    public int rows() {
        return firstRow[segments];
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
        return logits.data();
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
        Objects.checkIndex(segment, segments);
        Objects.checkIndex(row, firstLogits[segment + 1] - firstLogits[segment]);
        return logits.index(firstLogits[segment] + row, 0);
    }

    private void requireDone() {
        if (!done) {
            throw new IllegalStateException("the batch has not been through a model since it was last changed");
        }
    }

    MambaState state(int segment) {
        return states[segment];
    }

    int token(int row) {
        return tokens[row];
    }

    /** The tokens of a segment. */
    int rows(int segment) {
        return firstRow[segment + 1] - firstRow[segment];
    }

    /** How many rows of logits all segments want. */
    int logitRows() {
        return firstLogits[segments];
    }

    Activations headInput() {
        return headInput;
    }

    Activations logitsBuffer() {
        return logits;
    }

    /** Allocates what the results need, where it is not there from earlier calls. */
    void prepare(int dModel, int vocabSize) {
        done = false;
        int rows = logitRows();
        if ((long) rows * Math.max(dModel, vocabSize) > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("the logits of " + rows + " tokens over a vocabulary of " + vocabSize
                    + ", or the rows of " + dModel + " that they are made of, do not fit an array;"
                    + " run fewer tokens in a batch");
        }
        headInput = grown(headInput, rows, dModel);
        logits = grown(logits, rows, vocabSize);
    }

    /** The results are there. */
    void finish() {
        done = true;
    }

    private static Activations grown(Activations buffer, int rows, int cols) {
        return buffer.rows() >= rows && buffer.cols() == cols ? buffer : Activations.allocate(rows, cols);
    }

    /** Describes a run of this batch's rows. */
    void cut(int from, int to, Pass pass) {
        pass.begin(tokens, from, to);
        for (int s = 0; s < segments; s++) {
            int first = Math.max(from, firstRow[s]);
            int end = Math.min(to, firstRow[s + 1]);
            if (first < end) {
                pass.add(states[s], first - from, end - first);
            }
        }
    }

    /** Copies those rows of a pass that want logits to where the head reads them. */
    void gather(Activations normed, int passFrom, int passTo) {
        for (int s = 0; s < segments; s++) {
            int count = firstLogits[s + 1] - firstLogits[s];
            // The rows that want logits are a segment's last ones, whether that is one or all.
            int firstWanted = firstRow[s + 1] - count;
            int first = Math.max(passFrom, firstWanted);
            int end = Math.min(passTo, firstRow[s + 1]);
            if (first < end) {
                System.arraycopy(normed.data(), normed.index(first - passFrom, 0), headInput.data(),
                        headInput.index(firstLogits[s] + first - firstWanted, 0), (end - first) * normed.cols());
            }
        }
    }
}
