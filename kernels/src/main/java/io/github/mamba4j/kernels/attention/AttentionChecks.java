package io.github.mamba4j.kernels.attention;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.math.Ranges;
import java.util.Objects;

/** The checks of {@link Attention}, the same for every implementation. */
final class AttentionChecks {
    private AttentionChecks() {}

    static void rotate(Rope rope, Activations x, int col, int heads, int headDim, long position, int firstRow,
            int rowCount) {
        if (rope.dims() > headDim) {
            throw new IllegalArgumentException(
                    "rope: expected heads of at least " + rope.dims() + " elements, found " + headDim);
        }
        Ranges.check(x, firstRow, rowCount, col, Math.multiplyExact(heads, headDim));
        for (int r = 0; r < rowCount; r++) {
            rope.page(position + r);
        }
    }

    static void attend(AttentionShape s, Activations q, float[][] keys, float[][] values, long position, Activations y,
            int firstRow, int rowCount, int headFrom, int headTo) {
        Objects.checkFromToIndex(headFrom, headTo, s.heads());
        Ranges.check(q, firstRow, rowCount, 0, s.width());
        Ranges.check(y, firstRow, rowCount, 0, s.width());
        if (q.data() == y.data()) {
            throw new IllegalArgumentException("attention: the output overlaps the queries");
        }
        if (position < 0) {
            throw new IllegalArgumentException("attention: expected a position of 0 or more, found " + position);
        }
        int pages = KeyValueLayout.pages(position + rowCount);
        if (keys.length < pages || values.length < pages) {
            throw new IllegalArgumentException("attention: expected " + pages + " pages, found " + keys.length
                    + " of keys and " + values.length + " of values");
        }
        int size = s.layout().pageSize();
        for (int page = 0; page < pages; page++) {
            if (keys[page].length != size || values[page].length != size) {
                throw new IllegalArgumentException("attention: expected pages of " + size + " values, found "
                        + keys[page].length + " keys and " + values[page].length + " values");
            }
        }
    }
}
