package io.github.mamba4j.kernels.norm;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.VectorMath;
import io.github.mamba4j.kernels.math.VectorRows;
import io.github.mamba4j.kernels.math.VectorSums;

/** {@link Norm} on the Vector API. */
final class PanamaNorm implements Norm {
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
        boolean gateFirst = order == GateOrder.GATE_FIRST;
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int g = 0; g < p.cols(); g += p.groupSize()) {
                int xAt = x.index(r, xCol + g);
                int zAt = z.index(r, zCol + g);
                int yAt = y.index(r, yCol + g);
                if (gateFirst) {
                    gateGroup(p.groupSize(), x.data(), xAt, z.data(), zAt, y.data(), yAt, scratch.row());
                    normGroup(p, g, y.data(), yAt, y.data(), yAt);
                } else {
                    normAndGateGroup(p, g, x.data(), xAt, z.data(), zAt, y.data(), yAt, scratch.row());
                }
            }
        }
    }

    private static void normGroup(NormParameters p, int group, float[] x, int xAt, float[] y, int yAt) {
        int n = p.groupSize();
        scale(p, group, ScalarNorm.scale(VectorSums.squares(x, xAt, n), p), x, xAt, y, yAt, n);
    }

    private static void scale(NormParameters p, int from, float scale, float[] x, int xAt, float[] y, int yAt, int n) {
        if (p.hasWeight()) {
            VectorRows.scale(x, xAt, scale, p.weight(), from, y, yAt, n);
        } else {
            VectorRows.scale(x, xAt, scale, y, yAt, n);
        }
    }

    /** {@code y = x * silu(z)}; {@code gate} has room for a stretch, so that y may be x or z. */
    private static void gateGroup(int size, float[] x, int xAt, float[] z, int zAt, float[] y, int yAt, float[] gate) {
        for (int k = 0; k < size; k += gate.length) {
            int n = Math.min(gate.length, size - k);
            VectorMath.silu(z, zAt + k, gate, 0, n);
            VectorRows.multiply(x, xAt + k, gate, 0, y, yAt + k, n);
        }
    }

    private static void normAndGateGroup(NormParameters p, int group, float[] x, int xAt, float[] z, int zAt,
            float[] y, int yAt, float[] gate) {
        int size = p.groupSize();
        float scale = ScalarNorm.scale(VectorSums.squares(x, xAt, size), p);
        for (int k = 0; k < size; k += gate.length) {
            int n = Math.min(gate.length, size - k);
            VectorMath.silu(z, zAt + k, gate, 0, n);
            scale(p, group + k, scale, x, xAt + k, y, yAt + k, n);
            VectorRows.multiply(y, yAt + k, gate, 0, y, yAt + k, n);
        }
    }
}
