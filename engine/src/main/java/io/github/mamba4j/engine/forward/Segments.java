package io.github.mamba4j.engine.forward;

import io.github.mamba4j.engine.state.SequenceState;
import java.util.Arrays;

/**
 * The sequences' next tokens that go through a model in one call, one segment after another: each has a state and at least
 * one token, and the logits after its last tokens, or after all, are wanted. Filled, run and cleared again and again; once
 * the arrays have grown nothing is allocated.
 */
public final class Segments {
    private int count;
    private SequenceState[] states = new SequenceState[1];
    /** The first row of each segment, and after the last segment the number of rows. */
    private int[] firstRow = new int[2];
    /** The first row of logits of each segment, and after the last segment their number. */
    private int[] firstLogits = new int[2];
    private int[] tokens = new int[1];

    /** No segments. */
    public Segments() {}

    /** Takes all segments out, and lets their states go. */
    public void clear() {
        Arrays.fill(states, 0, count, null);
        count = 0;
    }

    /**
     * Adds a segment, all but its tokens.
     *
     * @param state the sequence's state
     * @param rows how many tokens
     * @param wanted after how many of them, the last ones, logits are wanted
     * @return the row of its first token, for {@link #setTokens}
     */
    public int open(SequenceState state, int rows, int wanted) {
        int first = firstRow[count];
        int end = Math.addExact(first, rows);
        if (tokens.length < end) {
            tokens = Arrays.copyOf(tokens, Math.max(end, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * tokens.length)));
        }
        if (states.length == count) {
            states = Arrays.copyOf(states, 2 * count);
            firstRow = Arrays.copyOf(firstRow, 2 * count + 1);
            firstLogits = Arrays.copyOf(firstLogits, 2 * count + 1);
        }
        states[count] = state;
        firstRow[count + 1] = end;
        firstLogits[count + 1] = firstLogits[count] + wanted;
        count++;
        return first;
    }

    /**
     * Copies tokens into rows.
     *
     * @param first the first row
     * @param source holds the tokens
     * @param from the index of the first
     * @param length how many
     */
    public void setTokens(int first, int[] source, int from, int length) {
        System.arraycopy(source, from, tokens, first, length);
    }

    /**
     * Puts a token into a row.
     *
     * @param row the row
     * @param token the token
     */
    public void setToken(int row, int token) {
        tokens[row] = token;
    }

    /**
     * The number of segments.
     *
     * @return how many were opened
     */
    public int count() {
        return count;
    }

    /**
     * The tokens of all segments.
     *
     * @return the number of rows
     */
    public int rows() {
        return firstRow[count];
    }

    /**
     * A segment's state.
     *
     * @param segment the segment
     * @return the state
     */
    public SequenceState state(int segment) {
        return states[segment];
    }

    /**
     * A row's token.
     *
     * @param row the row
     * @return the token
     */
    public int token(int row) {
        return tokens[row];
    }

    /**
     * Where a segment's rows begin.
     *
     * @param segment the segment; its number may be {@link #count}
     * @return the row
     */
    public int firstRow(int segment) {
        return firstRow[segment];
    }

    /**
     * Where a segment's rows of logits begin.
     *
     * @param segment the segment; its number may be {@link #count}
     * @return the row among the rows of logits
     */
    public int firstLogits(int segment) {
        return firstLogits[segment];
    }
}
