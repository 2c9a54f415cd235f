package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.ScalarMath;

/**
 * The selective scan of Mamba-1, a decay for each channel and state.
 * Thread-safe; see {@link io.github.mamba4j.kernels.Kernels} for ranges and refusals.
 */
public sealed interface SelectiveScan permits ScalarSelectiveScan, PanamaSelectiveScan {
    /**
     * The plain loops.
     *
     * @return the definition of this operation
     */
    static SelectiveScan scalar() {
        return new ScalarSelectiveScan();
    }

    /**
     * The loops on the Vector API, which must be there.
     *
     * @return an implementation with the same bits
     */
    static SelectiveScan vector() {
        return new PanamaSelectiveScan();
    }

    /**
     * The selective scan of Mamba (Gu and Dao 2023, algorithm 2) along the rows of one sequence, with everything around
     * it that touches the same data. For each row t and channel c:
     *
     * <pre>
     * dt        = softplus(dt[t][c] + dtBias[c])                       written back to dt
     * h[n][c]   = fma(exp2(dt * aLog2e[n][c]), h[n][c], (dt * u[t][c]) * B[t][n])
     * y[t][c]   = fma(d[c], u[t][c], dot(h[.][c], C[t])) * silu(z[t][c])
     * </pre>
     *
     * where exp2 is {@link ScalarMath#exp2Decay(float)}, and the dot product runs over the states n.
     *
     * @param p the layer's parameters
     * @param io the buffers
     * @param h in the order of {@link ScanLayout}: the state before the first row; updated for the channels of the range
     * @param firstRow the sequence's first row in all buffers
     * @param rowCount the number of rows
     * @param channelFrom the first channel
     * @param channelTo the channel after the last
     * @param scratch working memory of the calling thread
     */
    void scan(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rowCount, int channelFrom,
            int channelTo, Scratch scratch);
}
