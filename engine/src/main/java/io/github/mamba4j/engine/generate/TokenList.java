package io.github.mamba4j.engine.generate;

import java.util.Arrays;
import java.util.Objects;

/** A growing list of token ids, without boxes. Not thread-safe. */
final class TokenList {
    private int[] ids;
    private int size;

    TokenList(int... ids) {
        this.ids = ids.clone();
        size = ids.length;
    }

    void add(int id) {
        if (size == ids.length) {
            ids = Arrays.copyOf(ids, Math.max(16, size + (size >> 1)));
        }
        ids[size++] = id;
    }

    int get(int i) {
        return ids[Objects.checkIndex(i, size)];
    }

    int last() {
        return get(size - 1);
    }

    int size() {
        return size;
    }

    /** The ids in an array that may be longer than the list: for reading only, until the next {@link #add}. */
    int[] array() {
        return ids;
    }

    int[] toArray(int from, int to) {
        Objects.checkFromToIndex(from, to, size);
        return Arrays.copyOfRange(ids, from, to);
    }
}
