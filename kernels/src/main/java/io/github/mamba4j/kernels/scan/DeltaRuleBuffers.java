package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.math.Ranges;
import java.util.Objects;

/**
 * Where a delta rule reads and writes: all have a row per token.
 *
 * @param qkv {@code [rows, 2 * keyHeads * keyDim + valueHeads * valueDim]}: the queries of all heads, then the keys,
 *     then the values, after convolution and activation
 * @param alpha {@code [rows, valueHeads]}: from which the decays are computed
 * @param b {@code [rows, valueHeads]}: beta before the sigmoid
 * @param y {@code [rows, valueHeads * valueDim]}: the output, in an array of its own
 */
public record DeltaRuleBuffers(Activations qkv, Activations alpha, Activations b, Activations y) {
    /**
     * Checks that nothing is missing or shared.
     *
     * @throws IllegalArgumentException if the output shares its array with another buffer
     */
    public DeltaRuleBuffers {
        Objects.requireNonNull(qkv, "qkv");
        Objects.requireNonNull(alpha, "alpha");
        Objects.requireNonNull(b, "b");
        Objects.requireNonNull(y, "y");
        if (y.data() == qkv.data() || y.data() == alpha.data() || y.data() == b.data()) {
            throw new IllegalArgumentException("a delta rule writes y, which cannot be its other buffers");
        }
    }

    /** Refuses buffers that do not fit the parameters, or ranges outside them. */
    void check(DeltaRuleParameters p, float[] s, int firstRow, int rowCount, int headFrom, int headTo) {
        checkSize("queries, keys and values", "columns", p.qkvCols(), qkv.cols());
        checkSize("alpha", "columns", p.valueHeads(), alpha.cols());
        checkSize("b", "columns", p.valueHeads(), b.cols());
        checkSize("y", "columns", p.valueCols(), y.cols());
        checkSize("state", "values", p.stateSize(), s.length);
        Objects.checkFromToIndex(headFrom, headTo, p.valueHeads());
        Ranges.check(qkv, firstRow, rowCount, 0, qkv.cols());
        Ranges.check(alpha, firstRow, rowCount, 0, alpha.cols());
        Ranges.check(b, firstRow, rowCount, 0, b.cols());
        Ranges.check(y, firstRow, rowCount, 0, y.cols());
    }

    private static void checkSize(String what, String unit, int expected, int found) {
        if (found != expected) {
            throw new IllegalArgumentException(
                    "delta rule: " + what + ": expected " + expected + " " + unit + ", found " + found);
        }
    }
}
