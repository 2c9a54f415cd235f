package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.math.Ranges;
import java.util.Objects;

/**
 * Where a scan with heads reads and writes: all have a row per token, and an array of their own.
 *
 * @param xbc {@code [rows, heads * headDim + 2 * groups * dState]}: the convolved input x, then B of all groups, then C
 *     of all groups
 * @param dt {@code [rows, heads]}: the time steps without bias; become {@code softplus(dt + bias)} within the limits
 * @param y {@code [rows, heads * headDim]}: the output
 */
public record HeadScanBuffers(Activations xbc, Activations dt, Activations y) {
    /**
     * Checks that nothing is missing or shared.
     *
     * @throws IllegalArgumentException if an output shares its array with another buffer
     */
    public HeadScanBuffers {
        Objects.requireNonNull(xbc, "xbc");
        Objects.requireNonNull(dt, "dt");
        Objects.requireNonNull(y, "y");
        if (xbc.data() == dt.data() || xbc.data() == y.data() || dt.data() == y.data()) {
            throw new IllegalArgumentException("a scan writes dt and y, which cannot be its other buffers");
        }
    }

    /** Refuses buffers that do not fit the parameters, or ranges outside them. */
    void check(HeadScanParameters p, float[] h, int firstRow, int rowCount, int headFrom, int headTo) {
        checkSize("x, B and C", "columns", p.xbcCols(), xbc.cols());
        checkSize("dt", "columns", p.heads(), dt.cols());
        checkSize("y", "columns", p.dInner(), y.cols());
        checkSize("state", "values", p.stateSize(), h.length);
        Objects.checkFromToIndex(headFrom, headTo, p.heads());
        Ranges.check(xbc, firstRow, rowCount, 0, xbc.cols());
        Ranges.check(dt, firstRow, rowCount, 0, dt.cols());
        Ranges.check(y, firstRow, rowCount, 0, y.cols());
    }

    private static void checkSize(String what, String unit, int expected, int found) {
        if (found != expected) {
            throw new IllegalArgumentException(
                    "scan: " + what + ": expected " + expected + " " + unit + ", found " + found);
        }
    }
}
