package io.github.mamba4j.weights.mixer;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Fill;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.bind.Role;
import io.github.mamba4j.weights.config.AttentionConfig;

/**
 * The parameters of attention. One that the mixer does not have is an empty array.
 *
 * @param config the sizes
 * @param qProj {@code [heads * headDim, dModel]}; with an output gate {@code [heads * 2 * headDim, dModel]}, for each head
 *     the rows of its queries, then those of its gate
 * @param qBias as long as qProj has rows, or empty
 * @param kProj {@code [kvHeads * headDim, dModel]}
 * @param kBias {@code [kvHeads * headDim]}, or empty
 * @param vProj {@code [kvHeads * headDim, dModel]}
 * @param vBias {@code [kvHeads * headDim]}, or empty
 * @param qNorm {@code [headDim]}: the weight of the norm on each head of queries, or empty
 * @param kNorm {@code [headDim]}: that of the norm on each head of keys, or empty
 * @param outProj {@code [dModel, heads * headDim]}
 * @param outProjBias {@code [dModel]}, or empty
 */
public record AttentionWeights(AttentionConfig config, Matrix qProj, float[] qBias, Matrix kProj, float[] kBias,
        Matrix vProj, float[] vBias, float[] qNorm, float[] kNorm, Matrix outProj,
        float[] outProjBias) implements MixerWeights {
    static AttentionWeights bind(AttentionConfig config, int dModel, Parameters p) throws CheckpointException {
        int q = config.outputGate() ? 2 * config.width() : config.width();
        int kv = config.kvWidth();
        boolean normed = config.qkNorm().isPresent();
        return new AttentionWeights(config, p.matrix("q_proj.weight", q, dModel, Role.PROJECTION),
                p.vectorIf(config.bias(), "q_proj.bias", Fill.BIAS, q),
                p.matrix("k_proj.weight", kv, dModel, Role.PROJECTION),
                p.vectorIf(config.bias(), "k_proj.bias", Fill.BIAS, kv),
                p.matrix("v_proj.weight", kv, dModel, Role.PROJECTION),
                p.vectorIf(config.bias(), "v_proj.bias", Fill.BIAS, kv),
                p.vectorIf(normed, "q_norm.weight", Fill.ONES, config.headDim()),
                p.vectorIf(normed, "k_norm.weight", Fill.ONES, config.headDim()),
                p.matrix("out_proj.weight", dModel, config.width(), Role.PROJECTION),
                p.vectorIf(config.outBias(), "out_proj.bias", Fill.BIAS, dModel));
    }
}
