package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.ScalarMath;

/**
 * The scan of Mamba-2, a decay for each head.
 * Thread-safe; see {@link io.github.mamba4j.kernels.Kernels} for ranges and refusals.
 */
public sealed interface HeadScan permits ScalarHeadScan, PanamaHeadScan {
    /**
     * The plain loops.
     *
     * @return the definition of this operation
     */
    static HeadScan scalar() {
        return new ScalarHeadScan();
    }

    /**
     * The loops on the Vector API, which must be there.
     *
     * @return an implementation with the same bits
     */
    static HeadScan vector() {
        return new PanamaHeadScan();
    }

    /**
     * The recurrence of Mamba-2 (Dao and Gu 2024, "Transformers are SSMs") along the rows of one sequence, in its
     * linear form. For each row t, head h in group {@code g = h / (heads / groups)}, channel p and state n:
     *
     * <pre>
     * dt         = min(max(softplus(dt[t][h] + dtBias[h]), timeStepMin), timeStepMax)     written back to dt
     * s[h][p][n] = fma(exp2(dt * (a[h] * log2e)), s[h][p][n], (dt * x[t][h][p]) * B[t][g][n])
     * y[t][h][p] = fma(d[h], x[t][h][p], dot(s[h][p][.], C[t][g]))
     * </pre>
     *
     * where exp2 is {@link ScalarMath#exp2Decay(float)}, and the dot product runs over the states n.
     *
     * @param p the layer's parameters
     * @param io the buffers
     * @param h in the layout of {@link HeadScanParameters#pack}: the state before the first row; updated for the heads
     *     of the range
     * @param firstRow the sequence's first row in all buffers
     * @param rowCount the number of rows
     * @param headFrom the first head
     * @param headTo the head after the last
     * @param scratch working memory of the calling thread
     */
    void scan(HeadScanParameters p, HeadScanBuffers io, float[] h, int firstRow, int rowCount, int headFrom,
            int headTo, Scratch scratch);
}
