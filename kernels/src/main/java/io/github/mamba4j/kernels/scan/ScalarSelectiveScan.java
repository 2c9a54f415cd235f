package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.ScalarMath;

/** {@link SelectiveScan} as plain loops. */
final class ScalarSelectiveScan implements SelectiveScan {
    @Override
    public void scan(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rowCount, int channelFrom,
            int channelTo, Scratch scratch) {
        io.check(p, h, firstRow, rowCount, channelFrom, channelTo);
        for (int c = channelFrom; c < channelTo; c++) {
            scanChannel(p, io, h, firstRow, rowCount, c, scratch.row());
        }
    }

    /** One channel of the scan. */
    static void scanChannel(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rowCount, int c,
            float[] lanes) {
        int states = p.layout().index(0, c);
        int distance = p.layout().distance(c);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            int at = io.dt().index(r, c);
            float u = io.u().data()[at];
            float dt = ScalarMath.softplus(io.dt().data()[at] + p.dtBias()[c]);
            io.dt().data()[at] = dt;
            float dtu = dt * u;
            DotProduct.clear(lanes);
            for (int n = 0; n < p.dState(); n++) {
                int nc = states + n * distance;
                float decay = ScalarMath.exp2Decay(dt * p.aLog2e()[nc]);
                h[nc] = Math.fma(decay, h[nc], dtu * io.bc().data()[io.bc().index(r, io.bCol() + n)]);
                DotProduct.accumulate(lanes, n, h[nc], io.bc().data()[io.bc().index(r, io.cCol() + n)]);
            }
            DotProduct.pad(lanes, p.dState());
            float z = io.z().data()[io.z().index(r, io.zCol() + c)];
            io.y().data()[at] = Math.fma(p.d()[c], u, DotProduct.fold(lanes)) * ScalarMath.silu(z);
        }
    }
}
