package io.github.mamba4j.engine.tokenize.model;

import java.util.Arrays;

/**
 * A table of tokens: texts to ids and back. The texts stand in one array of characters, so that a vocabulary of a quarter
 * of a million tokens is a handful of arrays. Filled once and only read then, which is thread-safe.
 */
public final class Vocabulary {
    private char[] chars = new char[1 << 12];
    /** Token n is chars[bounds[n]] to chars[bounds[n + 1]], with the id ids[n]. */
    private int[] bounds = new int[1 << 10];
    private int[] ids = new int[1 << 10];
    private int count;
    /** Open addressing: token n is kept as n + 1. */
    private int[] slots = new int[1 << 11];
    /** By id: the token that has it, plus 1. */
    private int[] byId = new int[1 << 10];
    private int maxId = -1;

    /** Makes an empty one. */
    public Vocabulary() {
        // Nothing to do.
    }

    /**
     * Adds a token. A token that is there already gets the new id.
     *
     * @param token its text
     * @param id its id, not negative
     */
    public void put(CharSequence token, int id) {
        int length = token.length();
        int start = bounds[count];
        reserve(Math.addExact(start, length));
        for (int i = 0; i < length; i++) {
            chars[start + i] = token.charAt(i);
        }
        int slot = slot(chars, start, start + length);
        int known = slots[slot] - 1;
        if (known >= 0) {
            ids[known] = id;
        } else {
            known = count++;
            slots[slot] = count;
            ids[known] = id;
            bounds[count] = start + length;
        }
        if (id >= byId.length) {
            byId = Arrays.copyOf(byId, Math.max(id + 1, 2 * byId.length));
        }
        byId[id] = known + 1;
        maxId = Math.max(maxId, id);
        if (2 * count > slots.length) {
            grow();
        }
    }

    private void reserve(int length) {
        if (length > chars.length) {
            chars = Arrays.copyOf(chars, Math.max(length, 2 * chars.length));
        }
        if (count + 2 > bounds.length) {
            bounds = Arrays.copyOf(bounds, 2 * bounds.length);
            ids = Arrays.copyOf(ids, 2 * ids.length);
        }
    }

    private void grow() {
        slots = new int[2 * slots.length];
        for (int i = 0; i < count; i++) {
            slots[slot(chars, bounds[i], bounds[i + 1])] = i + 1;
        }
    }

    /** The slot of a text: where it is, or the empty one where it would go. */
    private int slot(char[] text, int from, int to) {
        int slot = hash(text, from, to) & slots.length - 1;
        while (slots[slot] != 0) {
            int token = slots[slot] - 1;
            if (Arrays.equals(chars, bounds[token], bounds[token + 1], text, from, to)) {
                break;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    /** Keyed by a number of this process, so that nobody can make a file of colliding tokens. */
    static int hash(char[] text, int from, int to) {
        int hash = SEED;
        for (int i = from; i < to; i++) {
            hash = (hash ^ text[i]) * 0x9E3779B1;
            hash ^= hash >>> 15;
        }
        return hash ^ hash >>> 16;
    }

    private static final int SEED = (int) System.nanoTime() ^ System.identityHashCode(Vocabulary.class);

    /**
     * The id of a token.
     *
     * @param text where its text is
     * @param from the first character
     * @param to the end
     * @return its id; -1 if there is no such token
     */
    public int id(char[] text, int from, int to) {
        int token = slots[slot(text, from, to)] - 1;
        return token < 0 ? -1 : ids[token];
    }

    /**
     * The id of a token.
     *
     * @param token its text
     * @return its id; -1 if there is no such token
     */
    public int id(String token) {
        return id(token.toCharArray(), 0, token.length());
    }

    /**
     * The token with an id.
     *
     * @param id the id
     * @return its text, of those with this id the one added last; null if there is none
     */
    public String token(int id) {
        int token = id >= 0 && id < byId.length ? byId[id] - 1 : -1;
        return token < 0 ? null : new String(chars, bounds[token], bounds[token + 1] - bounds[token]);
    }

    /**
     * The number of different tokens.
     *
     * @return how many there are
     */
    public int size() {
        return count;
    }

    /**
     * The largest id.
     *
     * @return the id; -1 without tokens
     */
    public int maxId() {
        return maxId;
    }

    /** The index of a token in the order in which they were added. */
    int idAt(int index) {
        return ids[index];
    }

    int lengthAt(int index) {
        return bounds[index + 1] - bounds[index];
    }

    char charAt(int index, int i) {
        return chars[bounds[index] + i];
    }
}
