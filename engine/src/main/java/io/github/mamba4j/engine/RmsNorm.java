package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.norm.NormParameters;
import io.github.mamba4j.kernels.team.ThreadTeam;

/**
 * The norm before a mixer and before the head: {@code normed = residual / rms(residual) * weight}, row by row (Zhang and
 * Sennrich 2019).
 */
final class RmsNorm {
    /** Up to so many rows, one thread is done sooner than a team is called together. */
    private static final int ROWS_ALONE = 16;

    private final NormParameters parameters;
    private final Workspace w;
    private final ThreadTeam.Region normRows = this::normRows;
    private boolean packs;

    /** {@code weight} is {@code [dModel]}. */
    RmsNorm(float[] weight, float eps, Workspace w) {
        parameters = NormParameters.of(weight, eps);
        this.w = w;
    }

    /** Reads {@code residual} and writes {@code normed}. */
    void forward() {
        packs = false;
        norm();
    }

    /** The same, and prepares {@code normed} for in_proj: what has just been written is packed from the cache. */
    void forwardAndPack() {
        packs = w.kernels.linear().beginPacking(w.normed, 0, w.normed.cols(), w.pass.rows(), w.packed);
        norm();
    }

    private void norm() {
        if (w.pass.rows() <= ROWS_ALONE) {
            normRows(0, 1);
        } else {
            w.team.run(normRows);
        }
    }

    private void normRows(int member, int members) {
        int grain = packs ? w.packed.grain() : 1;
        int from = ThreadTeam.split(member, members, w.pass.rows(), grain);
        int to = ThreadTeam.split(member + 1, members, w.pass.rows(), grain);
        if (!packs) {
            w.kernels.norm().rmsNorm(parameters, w.residual, 0, w.normed, 0, from, to - from);
            return;
        }
        for (int r = from; r < to; r += grain) {
            int rows = Math.min(grain, to - r);
            w.kernels.norm().rmsNorm(parameters, w.residual, 0, w.normed, 0, r, rows);
            w.kernels.linear().packRows(w.packed, r, rows, w.scratch(member));
        }
    }
}
