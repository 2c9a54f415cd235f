package io.github.mamba4j.engine.forward;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.linear.PackedRows;
import io.github.mamba4j.kernels.norm.NormParameters;

/**
 * The norm before a mixer and before the head: {@code y = x / rms(x) * weight}, row by row (Zhang and Sennrich 2019).
 */
final class RmsNorm {
    /** Up to so many rows, one thread is done sooner than a team is called together. */
    private static final int ROWS_ALONE = 16;

    /** What one call works with. */
    private static final class Call {
        Activations x;
        Activations y;
        int rows;
        PackedRows packed;
        int grain;
    }

    private final NormParameters parameters;
    private final Kernels kernels;
    private final Workers workers;
    private final Call call = new Call();
    private final Workers.Task<Call> norm = this::norm;

    /** {@code weight} is {@code [dModel]}. */
    RmsNorm(float[] weight, float eps, Resources with) {
        parameters = NormParameters.of(weight, eps);
        kernels = with.kernels();
        workers = with.workers();
    }

    /** Norms rows, in place or not. */
    void forward(Activations x, Activations y, int rows) {
        run(x, y, rows, null, 1);
    }

    /** Norms rows and prepares them for products: what has just been written is packed from the cache. */
    void forward(Activations x, Input y, int rows) {
        boolean packs = y.begin(rows);
        run(x, y.at(), rows, packs ? y.packed() : null, packs ? y.packed().grain() : 1);
    }

    private void run(Activations x, Activations y, int rows, PackedRows packed, int grain) {
        call.x = x;
        call.y = y;
        call.rows = rows;
        call.packed = packed;
        call.grain = grain;
        int grains = Math.ceilDiv(rows, grain);
        workers.shareOrAlone(call, grains, ROWS_ALONE / grain, norm);
    }

    private void norm(Call c, int from, int to, Scratch scratch) {
        for (int g = from; g < to; g++) {
            int first = g * c.grain;
            int count = Math.min(c.grain, c.rows - first);
            kernels.norm().rmsNorm(parameters, c.x, 0, c.y, 0, first, count);
            if (c.packed != null) {
                kernels.linear().packRows(c.packed, first, count, scratch);
            }
        }
    }
}
