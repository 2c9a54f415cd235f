package io.github.mamba4j.engine.tokenize.model;

/** Which pairs of tokens become one, and in which order of worth. Immutable and thread-safe. */
final class MergeTable {
    /** Open addressing; -1 is empty. */
    private final long[] keys;
    private final int[] ranks;
    /** By rank: the token the pair becomes. */
    private final int[] merged;
    private final int mask;

    /**
     * Makes the table.
     *
     * @param list the pairs, the most worthy first
     * @param vocabulary where all of them and what they become must be
     * @throws IllegalArgumentException if one is not
     */
    MergeTable(MergeList list, Vocabulary vocabulary) {
        int length = Math.max(16, Integer.highestOneBit(Math.max(1, list.size())) << 2);
        keys = new long[length];
        java.util.Arrays.fill(keys, -1);
        ranks = new int[length];
        merged = new int[list.size()];
        mask = length - 1;
        char[] chars = list.chars();
        for (int rank = 0; rank < list.size(); rank++) {
            int left = id(vocabulary, chars, list.start(rank), list.middle(rank));
            int right = id(vocabulary, chars, list.middle(rank), list.end(rank));
            merged[rank] = id(vocabulary, chars, list.start(rank), list.end(rank));
            int slot = slot(key(left, right));
            keys[slot] = key(left, right);
            ranks[slot] = rank;
        }
    }

    private static int id(Vocabulary vocabulary, char[] chars, int from, int to) {
        int id = vocabulary.id(chars, from, to);
        if (id < 0) {
            String token = new String(chars, from, Math.min(to - from, 100));
            throw new IllegalArgumentException(
                    "the merges use the token \"" + token + "\", which is not in the vocabulary");
        }
        return id;
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    private int slot(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32 ^ mixed >>> 45) & mask;
        while (keys[slot] != -1 && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /** The rank of a pair; {@link Integer#MAX_VALUE} if it does not become one. */
    int rank(int left, int right) {
        long key = key(left, right);
        int slot = slot(key);
        return keys[slot] == key ? ranks[slot] : Integer.MAX_VALUE;
    }

    int merged(int rank) {
        return merged[rank];
    }
}
