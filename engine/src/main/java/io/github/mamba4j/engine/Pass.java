package io.github.mamba4j.engine;

import java.util.Arrays;

/**
 * The rows that go through the layers together: all of a batch, or a part of a large one. Work on single rows sees rows;
 * work along time (convolution and scan) walks the pieces, each with its own state.
 */
final class Pass {
    private int[] tokens = {};
    private int firstToken;
    private int rows;

    private int pieces;
    private MambaState[] states = new MambaState[1];
    private int[] firstRow = new int[1];
    private int[] rowCount = new int[1];

    /** Starts a description: the tokens of these rows, no pieces yet. */
    void begin(int[] batchTokens, int from, int to) {
        tokens = batchTokens;
        firstToken = from;
        rows = to - from;
        pieces = 0;
    }

    /** Adds rows of one sequence. */
    void add(MambaState state, int first, int count) {
        if (states.length == pieces) {
            states = Arrays.copyOf(states, 2 * pieces);
            firstRow = Arrays.copyOf(firstRow, 2 * pieces);
            rowCount = Arrays.copyOf(rowCount, 2 * pieces);
        }
        states[pieces] = state;
        firstRow[pieces] = first;
        rowCount[pieces++] = count;
    }

    /** Lets the states go, which are their owners'. */
    void end() {
        Arrays.fill(states, null);
    }

    int rows() {
        return rows;
    }

    int token(int row) {
        return tokens[firstToken + row];
    }

    int pieces() {
        return pieces;
    }

    MambaState state(int piece) {
        return states[piece];
    }

    int firstRow(int piece) {
        return firstRow[piece];
    }

    int rowCount(int piece) {
        return rowCount[piece];
    }
}
