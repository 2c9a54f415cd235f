package io.github.mamba4j.kernels.norm;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.ScalarMath;

/** {@link Norm} as plain loops. */
final class ScalarNorm implements Norm {
    @Override
    public void rmsNorm(NormParameters p, Activations x, int xCol, Activations y, int yCol, int firstRow,
            int rowCount) {
        NormChecks.rmsNorm(p, x, xCol, y, yCol, firstRow, rowCount);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int g = 0; g < p.cols(); g += p.groupSize()) {
                normGroup(p, g, x.data(), x.index(r, xCol + g), y.data(), y.index(r, yCol + g));
            }
        }
    }

    @Override
    public void gatedRmsNorm(NormParameters p, GateOrder order, Activations x, int xCol, Activations z, int zCol,
            Activations y, int yCol, int firstRow, int rowCount, Scratch scratch) {
        NormChecks.gatedRmsNorm(p, x, xCol, z, zCol, y, yCol, firstRow, rowCount);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int g = 0; g < p.cols(); g += p.groupSize()) {
                gatedGroup(p, order, g, x.data(), x.index(r, xCol + g), z.data(), z.index(r, zCol + g), y.data(),
                        y.index(r, yCol + g));
            }
        }
    }

    private static void normGroup(NormParameters p, int group, float[] x, int xAt, float[] y, int yAt) {
        float scale = scale(DotProduct.squares(x, xAt, xAt + p.groupSize()), p);
        for (int k = 0; k < p.groupSize(); k++) {
            y[yAt + k] = weighted(p, group + k, x[xAt + k] * scale);
        }
    }

    private static void gatedGroup(NormParameters p, GateOrder order, int group, float[] x, int xAt, float[] z,
            int zAt, float[] y, int yAt) {
        switch (order) {
            case GATE_FIRST -> {
                for (int k = 0; k < p.groupSize(); k++) {
                    y[yAt + k] = x[xAt + k] * ScalarMath.silu(z[zAt + k]);
                }
                normGroup(p, group, y, yAt, y, yAt);
            }
            case NORM_FIRST -> {
                float scale = scale(DotProduct.squares(x, xAt, xAt + p.groupSize()), p);
                for (int k = 0; k < p.groupSize(); k++) {
                    y[yAt + k] = weighted(p, group + k, x[xAt + k] * scale) * ScalarMath.silu(z[zAt + k]);
                }
            }
        }
    }

    private static float weighted(NormParameters p, int k, float value) {
        return p.hasWeight() ? value * p.weight()[k] : value;
    }

    /** The scale of a group from its sum of squares: float32 operations, each correctly rounded. */
    static float scale(float sumOfSquares, NormParameters p) {
        return 1f / (float) Math.sqrt(sumOfSquares / p.groupSize() + p.eps());
    }
}
