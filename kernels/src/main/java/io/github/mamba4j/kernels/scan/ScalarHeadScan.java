package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.ScalarMath;

/** {@link HeadScan} as plain loops. */
final class ScalarHeadScan implements HeadScan {
    @Override
    public void scan(HeadScanParameters p, HeadScanBuffers io, float[] h, int firstRow, int rowCount, int headFrom,
            int headTo, Scratch scratch) {
        io.check(p, h, firstRow, rowCount, headFrom, headTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int head = headFrom; head < headTo; head++) {
                stepHead(p, io, h, r, head, scratch.row());
            }
        }
    }

    /** One row of one head. */
    private static void stepHead(HeadScanParameters p, HeadScanBuffers io, float[] h, int r, int head,
            float[] lanes) {
        int at = io.dt().index(r, head);
        float dt = p.clamp(ScalarMath.softplus(io.dt().data()[at] + p.dtBias()[head]));
        io.dt().data()[at] = dt;
        float decay = p.decay(head, dt);
        float[] xbc = io.xbc().data();
        int b = io.xbc().index(r, p.bCol(head / p.headsPerGroup()));
        int c = io.xbc().index(r, p.cCol(head / p.headsPerGroup()));
        for (int channel = 0; channel < p.headDim(); channel++) {
            float x = xbc[io.xbc().index(r, head * p.headDim() + channel)];
            float dtx = dt * x;
            DotProduct.clear(lanes);
            for (int n = 0; n < p.dState(); n++) {
                int state = HeadLayout.index(p.headDim(), p.dState(), head, channel, n);
                h[state] = Math.fma(decay, h[state], dtx * xbc[b + n]);
                DotProduct.accumulate(lanes, n, h[state], xbc[c + n]);
            }
            DotProduct.pad(lanes, p.dState());
            io.y().data()[io.y().index(r, head * p.headDim() + channel)] = Math.fma(p.d()[head], x,
                    DotProduct.fold(lanes));
        }
    }
}
