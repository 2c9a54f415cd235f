package io.github.mamba4j.engine.tokenize.model;

import java.util.Arrays;

/** The merges of a byte-pair encoding as they stand in a file: pairs of texts. */
public final class MergeList {
    private char[] chars = new char[1 << 12];
    /** Pair n: the first from bounds[2 n] to bounds[2 n + 1], the second from there to bounds[2 n + 2]. */
    private int[] bounds = new int[1 << 10];
    private int size;

    /** Makes an empty one. */
    public MergeList() {
        // Nothing to do.
    }

    /**
     * Adds a pair.
     *
     * @param left the first text
     * @param right the second
     */
    public void add(CharSequence left, CharSequence right) {
        int start = bounds[2 * size];
        int length = Math.addExact(start, Math.addExact(left.length(), right.length()));
        if (length > chars.length) {
            chars = Arrays.copyOf(chars, Math.max(length, 2 * chars.length));
        }
        if (2 * size + 3 > bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * bounds.length);
        }
        copy(left, start);
        copy(right, start + left.length());
        bounds[2 * size + 1] = start + left.length();
        bounds[2 * size + 2] = length;
        size++;
    }

    private void copy(CharSequence from, int to) {
        for (int i = 0; i < from.length(); i++) {
            chars[to + i] = from.charAt(i);
        }
    }

    /**
     * The number of pairs.
     *
     * @return how many there are
     */
    public int size() {
        return size;
    }

    char[] chars() {
        return chars;
    }

    int start(int index) {
        return bounds[2 * index];
    }

    int middle(int index) {
        return bounds[2 * index + 1];
    }

    int end(int index) {
        return bounds[2 * index + 2];
    }
}
