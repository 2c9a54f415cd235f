package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.math.Ranges;
import java.util.Arrays;
import java.util.Objects;

/**
 * Where a selective scan reads and writes: all have a row per token. What is written, {@code dt} and {@code y}, lies in
 * arrays of its own, because the steps of the work come in no promised order; but {@code y} may take the place of
 * {@code z}, element by element.
 *
 * @param u {@code [rows, dInner]}: the convolved input
 * @param dt {@code [rows, dInner]}: dt_proj's output without bias; becomes {@code softplus(dt + bias)}
 * @param bc a matrix that holds B in columns {@code bCol ..} and C in columns {@code cCol ..}, {@code dState} each
 * @param bCol the first column of B
 * @param cCol the first column of C
 * @param z a matrix that holds the gate in columns {@code zCol ..}, {@code dInner} of them
 * @param zCol the first column of the gate
 * @param y {@code [rows, dInner]}: the gated output
 */
public record ScanBuffers(Activations u, Activations dt, Activations bc, int bCol, int cCol, Activations z, int zCol,
        Activations y) {
    /**
     * Checks that nothing is missing or shared.
     *
     * @throws IllegalArgumentException if an output shares its array with another buffer
     */
    public ScanBuffers {
        Objects.requireNonNull(u, "u");
        Objects.requireNonNull(dt, "dt");
        Objects.requireNonNull(bc, "bc");
        Objects.requireNonNull(z, "z");
        Objects.requireNonNull(y, "y");
        boolean inPlace = y.data() == z.data() && zCol == 0 && y.cols() == z.cols();
        if (isOneOf(dt, u, bc, z) || isOneOf(y, u, dt, bc) || !inPlace && isOneOf(y, z)) {
            throw new IllegalArgumentException("a scan writes dt and y, which cannot be its other buffers");
        }
    }

    private static boolean isOneOf(Activations written, Activations... others) {
        return Arrays.stream(others).anyMatch(other -> other.data() == written.data());
    }

    /** Refuses buffers that do not fit the parameters, or ranges outside them. */
    void check(ScanParameters p, float[] h, int firstRow, int rowCount, int channelFrom, int channelTo) {
        Objects.checkFromToIndex(channelFrom, channelTo, p.dInner());
        if (u.cols() != p.dInner() || dt.cols() != p.dInner() || y.cols() != p.dInner() || h.length != p.stateSize()) {
            throw new IllegalArgumentException("scan buffers do not fit " + p.dInner() + " channels");
        }
        Ranges.check(u, firstRow, rowCount, 0, p.dInner());
        Ranges.check(dt, firstRow, rowCount, 0, p.dInner());
        Ranges.check(y, firstRow, rowCount, 0, p.dInner());
        Ranges.check(bc, firstRow, rowCount, bCol, p.dState());
        Ranges.check(bc, firstRow, rowCount, cCol, p.dState());
        Ranges.check(z, firstRow, rowCount, zCol, p.dInner());
    }
}
