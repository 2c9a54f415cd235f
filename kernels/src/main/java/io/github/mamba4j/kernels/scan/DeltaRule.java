package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.ScalarMath;

/**
 * The gated delta rule of Qwen3-Next and Qwen3.5: linear attention whose state unlearns what a key stood for before.
 * Thread-safe; see {@link io.github.mamba4j.kernels.Kernels} for ranges and refusals.
 */
public sealed interface DeltaRule permits ScalarDeltaRule, PanamaDeltaRule {
    /**
     * The plain loops.
     *
     * @return the definition of this operation
     */
    static DeltaRule scalar() {
        return new ScalarDeltaRule();
    }

    /**
     * The loops on the Vector API, which must be there.
     *
     * @return an implementation with the same bits
     */
    static DeltaRule vector() {
        return new PanamaDeltaRule();
    }

    /**
     * The gated delta rule (Yang, Kautz and Hatamizadeh 2024, "Gated Delta Networks") along the rows of one sequence,
     * step by step. For each row and value head, with the query q and the key k of its key head and the head's value v:
     *
     * <pre>
     * k       = k * (1 / sqrt(dot(k, k) + 1e-6))
     * q       = q * (1 / sqrt(dot(q, q) + 1e-6)) * (1 / sqrt(keyDim))
     * g       = exp(a * softplus(alpha + dtBias))
     * beta    = 1 / (1 + exp(-b)),                               twice that if eigenvalues may be negative
     * S[i][j] = g * S[i][j]
     * d[j]    = (v[j] - dot(S[.][j], k)) * beta
     * S[i][j] = fma(k[i], d[j], S[i][j])
     * y[j]    = dot(S[.][j], q)
     * </pre>
     *
     * where exp and softplus are those of {@link ScalarMath}, and dot products run over the keyDim indexes i.
     *
     * @param p the layer's parameters
     * @param io the buffers
     * @param s in the layout of {@link DeltaRuleParameters#pack}: the state before the first row; updated for the heads
     *     of the range
     * @param firstRow the sequence's first row in all buffers
     * @param rowCount the number of rows
     * @param headFrom the first value head
     * @param headTo the value head after the last
     * @param scratch working memory of the calling thread
     */
    void scan(DeltaRuleParameters p, DeltaRuleBuffers io, float[] s, int firstRow, int rowCount, int headFrom,
            int headTo, Scratch scratch);
}
