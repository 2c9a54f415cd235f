package io.github.mamba4j.engine.tokenize.pattern;

import java.util.Arrays;

/** A set of pairs of a place in a text and a state; it forgets everything rather than grow without bound. */
final class PlaceSet {
    private static final int MAX_SIZE = 1 << 21;

    private long[] keys = new long[0];
    private int size;

    void clear() {
        if (size > 0) {
            Arrays.fill(keys, 0);
            size = 0;
        }
    }

    boolean contains(int place, int state) {
        return size > 0 && keys[slot(key(place, state))] != 0;
    }

    void add(int place, int state) {
        if (size >= MAX_SIZE) {
            clear();
        }
        if (2 * (size + 1) > keys.length) {
            long[] old = keys;
            keys = new long[Math.max(64, 2 * old.length)];
            for (long key : old) {
                if (key != 0) {
                    keys[slot(key)] = key;
                }
            }
        }
        int slot = slot(key(place, state));
        if (keys[slot] == 0) {
            keys[slot] = key(place, state);
            size++;
        }
    }

    private static long key(int place, int state) {
        return (long) place << 32 | state + 1;
    }

    private int slot(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 33) & keys.length - 1;
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = slot + 1 & keys.length - 1;
        }
        return slot;
    }
}
