package io.github.mamba4j.engine.forward;

import io.github.mamba4j.engine.ForwardObserver;
import io.github.mamba4j.engine.Probe;
import io.github.mamba4j.engine.state.KeyValueState;
import io.github.mamba4j.engine.state.RecurrentState;
import io.github.mamba4j.engine.state.SequenceState;
import io.github.mamba4j.kernels.Activations;
import java.util.Arrays;

/**
 * The rows that go through the blocks together: all of a call, or a part of a large one. Work on single rows sees rows; work
 * along time walks the spans, each the next rows of one sequence with its state and position.
 */
public final class Rows {
    private Segments segments = new Segments();
    private int first;
    private int count;

    private int spans;
    private SequenceState[] states = new SequenceState[1];
    private int[] firstRow = new int[1];
    private int[] rowCount = new int[1];
    private long[] position = new long[1];

    private ForwardObserver observer = ForwardObserver.NONE;
    private int block;

    /** No rows yet. */
    Rows() {}

    /** Turns to some rows of a call. */
    void begin(Segments all, int from, int to, ForwardObserver watching) {
        segments = all;
        first = from;
        count = to - from;
        observer = watching;
        spans = 0;
        for (int s = 0; s < all.count(); s++) {
            int begin = Math.max(from, all.firstRow(s));
            int end = Math.min(to, all.firstRow(s + 1));
            if (begin < end) {
                add(all.state(s), begin - from, end - begin, all.state(s).position() + begin - all.firstRow(s));
            }
        }
    }

    private void add(SequenceState state, int at, int length, long firstPosition) {
        if (states.length == spans) {
            states = Arrays.copyOf(states, 2 * spans);
            firstRow = Arrays.copyOf(firstRow, 2 * spans);
            rowCount = Arrays.copyOf(rowCount, 2 * spans);
            position = Arrays.copyOf(position, 2 * spans);
        }
        states[spans] = state;
        firstRow[spans] = at;
        rowCount[spans] = length;
        position[spans++] = firstPosition;
    }

    /** Lets the states go, which are their owners'. */
    void end() {
        Arrays.fill(states, null);
        observer = ForwardObserver.NONE;
    }

    /** Says which block the rows are in, for observers. */
    void enter(int number) {
        block = number;
    }

    /**
     * The number of rows.
     *
     * @return how many
     */
    public int count() {
        return count;
    }

    /**
     * A row's token.
     *
     * @param row the row
     * @return the token
     */
    public int token(int row) {
        return segments.token(first + row);
    }

    /**
     * The number of spans.
     *
     * @return how many sequences have rows here
     */
    public int spans() {
        return spans;
    }

    /**
     * A span's first row.
     *
     * @param span the span
     * @return the row
     */
    public int firstRow(int span) {
        return firstRow[span];
    }

    /**
     * The length of a span.
     *
     * @param span the span
     * @return its number of rows
     */
    public int rowCount(int span) {
        return rowCount[span];
    }

    /**
     * The position of a span's first row in its sequence.
     *
     * @param span the span
     * @return the number of tokens before it
     */
    public long position(int span) {
        return position[span];
    }

    /**
     * The state of a recurrence.
     *
     * @param span the span
     * @param slot the mixer's slot
     * @return the state of the span's sequence
     */
    public RecurrentState recurrent(int span, int slot) {
        return (RecurrentState) states[span].slot(slot);
    }

    /**
     * The keys and values of an attention.
     *
     * @param span the span
     * @param slot the mixer's slot
     * @return the state of the span's sequence
     */
    public KeyValueState keyValues(int span, int slot) {
        return (KeyValueState) states[span].slot(slot);
    }

    /**
     * Shows an observer what is inside a mixer.
     *
     * @param probe what it is
     * @param values a row for each of these rows
     */
    public void show(Probe probe, Activations values) {
        observer.inside(block, probe, values, count);
    }

    Segments segments() {
        return segments;
    }

    /** The call's row that is row 0 here. */
    int first() {
        return first;
    }

    ForwardObserver observer() {
        return observer;
    }
}
