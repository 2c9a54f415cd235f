package io.github.mamba4j.engine.tokenize.model;

import java.util.Arrays;

/** Tokens and where they are in a word. Not thread-safe. */
public final class TokenBuffer {
    /** A single long text must not hold its memory for ever. */
    private static final int KEPT = 1 << 16;

    private int[] ids = new int[64];
    private int[] starts = new int[64];
    private int[] ends = new int[64];
    private int size;

    /** Makes an empty one. */
    public TokenBuffer() {
        // Nothing to do.
    }

    /** Removes all tokens. */
    public void clear() {
        size = 0;
        if (ids.length > KEPT) {
            ids = new int[64];
            starts = new int[64];
            ends = new int[64];
        }
    }

    /**
     * Adds a token.
     *
     * @param id its id
     * @param start its first character
     * @param end the end
     */
    public void add(int id, int start, int end) {
        if (size == ids.length) {
            int length = Math.toIntExact(Math.max(2L * size, 64));
            ids = Arrays.copyOf(ids, length);
            starts = Arrays.copyOf(starts, length);
            ends = Arrays.copyOf(ends, length);
        }
        ids[size] = id;
        starts[size] = start;
        ends[size++] = end;
    }

    /**
     * The number of tokens.
     *
     * @return how many there are
     */
    public int size() {
        return size;
    }

    /**
     * The id of a token.
     *
     * @param index its index
     * @return the id
     */
    public int id(int index) {
        return ids[index];
    }

    /**
     * The first character of a token.
     *
     * @param index its index
     * @return the character's index
     */
    public int start(int index) {
        return starts[index];
    }

    /**
     * The end of a token.
     *
     * @param index its index
     * @return the index after its last character
     */
    public int end(int index) {
        return ends[index];
    }

    /**
     * All ids.
     *
     * @return a copy
     */
    public int[] ids() {
        return Arrays.copyOf(ids, size);
    }
}
