package io.github.mamba4j.kernels.norm;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Scratch;

/**
 * Root-mean-square norms (Zhang and Sennrich 2019) of columns of rows, by groups of columns. Thread-safe; see
 * {@link io.github.mamba4j.kernels.Kernels} for ranges and refusals.
 */
public sealed interface Norm permits ScalarNorm, PanamaNorm {
    /**
     * The plain loops.
     *
     * @return the definition of this operation
     */
    static Norm scalar() {
        return new ScalarNorm();
    }

    /**
     * The loops on the Vector API, which must be there.
     *
     * @return an implementation with the same bits
     */
    static Norm vector() {
        return new PanamaNorm();
    }

    /**
     * Normalises columns of rows. For each row r, each group g of {@code size} columns, and k within the group:
     *
     * <pre>
     * scale              = 1 / sqrt(dot(x[r][g], x[r][g]) / size + eps)
     * y[r][yCol + g + k] = (x[r][xCol + g + k] * scale) * weight[g + k]
     * </pre>
     *
     * @param p the parameters; without weights, the last factor is left out
     * @param x the input
     * @param xCol its first column
     * @param y the output; may be {@code x}, in the same columns or in others
     * @param yCol its first column
     * @param firstRow the first row
     * @param rowCount the number of rows
     */
    void rmsNorm(NormParameters p, Activations x, int xCol, Activations y, int yCol, int firstRow, int rowCount);

    /**
     * Normalises and gates columns of rows, as Mamba-2 does (Dao and Gu 2024): with the gate first,
     * {@code y = rmsNorm(x * silu(z))}; with the norm first, {@code y = rmsNorm(x) * silu(z)}.
     *
     * @param p the parameters
     * @param order which comes first
     * @param x the input
     * @param xCol its first column
     * @param z the gate
     * @param zCol its first column
     * @param y the output; may be {@code x} or {@code z}, in the same columns or in others
     * @param yCol its first column
     * @param firstRow the first row
     * @param rowCount the number of rows
     * @param scratch working memory of the calling thread
     */
    void gatedRmsNorm(NormParameters p, GateOrder order, Activations x, int xCol, Activations z, int zCol,
            Activations y, int yCol, int firstRow, int rowCount, Scratch scratch);
}
