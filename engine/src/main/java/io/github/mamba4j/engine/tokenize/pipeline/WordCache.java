package io.github.mamba4j.engine.tokenize.pipeline;

import io.github.mamba4j.engine.tokenize.model.TokenBuffer;
import java.util.Arrays;

/**
 * The tokens of words that came before: a table of fixed size in which a new word takes the place of the old one.
 * Not thread-safe.
 */
final class WordCache {
    /** Longer words seldom come again. */
    static final int MAX_WORD = 48;
    private static final int SIZE = 1 << 14;
    private static final int SEED = (int) System.nanoTime();

    private final char[][] words = new char[SIZE][];
    private final int[][] tokens = new int[SIZE][];

    static int hash(char[] chars, int from, int to) {
        int hash = SEED;
        for (int i = from; i < to; i++) {
            hash = (hash ^ chars[i]) * 0x9E3779B1;
            hash ^= hash >>> 15;
        }
        return (hash ^ hash >>> 16) & SIZE - 1;
    }

    /** The tokens of a word; null if it is not known. */
    int[] get(int hash, char[] chars, int from, int to) {
        char[] word = words[hash];
        if (word == null || word.length != to - from) {
            return null;
        }
        for (int i = 0; i < word.length; i++) {
            if (word[i] != chars[from + i]) {
                return null;
            }
        }
        return tokens[hash];
    }

    void put(int hash, char[] chars, int from, int to, TokenBuffer buffer) {
        words[hash] = Arrays.copyOfRange(chars, from, to);
        tokens[hash] = buffer.ids();
    }
}
