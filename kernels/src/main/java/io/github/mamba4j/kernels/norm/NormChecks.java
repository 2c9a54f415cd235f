package io.github.mamba4j.kernels.norm;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.math.Ranges;

/** The checks of {@link Norm}, the same for every implementation. */
final class NormChecks {
    private NormChecks() {}

    static void rmsNorm(NormParameters p, Activations x, int xCol, Activations y, int yCol, int firstRow,
            int rowCount) {
        Ranges.check(x, firstRow, rowCount, xCol, p.cols());
        Ranges.check(y, firstRow, rowCount, yCol, p.cols());
        Ranges.checkInPlace("norm", x, xCol, y, yCol, p.cols());
    }

    static void gatedRmsNorm(NormParameters p, Activations x, int xCol, Activations z, int zCol, Activations y,
            int yCol, int firstRow, int rowCount) {
        rmsNorm(p, x, xCol, y, yCol, firstRow, rowCount);
        Ranges.check(z, firstRow, rowCount, zCol, p.cols());
        Ranges.checkInPlace("norm", z, zCol, y, yCol, p.cols());
    }
}
