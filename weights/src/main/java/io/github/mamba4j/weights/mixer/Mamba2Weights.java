package io.github.mamba4j.weights.mixer;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Fill;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.bind.Role;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;

/**
 * The parameters of a Mamba-2 mixer. One that the mixer does not have is an empty array.
 *
 * @param config the sizes
 * @param inProj {@code [2 * dInner + 2 * groups * dState + heads, dModel]}: the rows of the gate z, x, B, C and dt
 * @param inProjBias as many, or empty
 * @param convWeight {@code [convChannels, dConv]}
 * @param convBias {@code [convChannels]}, or empty
 * @param dtBias {@code [heads]}
 * @param a {@code [heads]}: {@code A = -exp(A_log)}
 * @param d {@code [heads]}: the skip connection
 * @param norm {@code [dInner]}, or empty
 * @param outProj {@code [dModel, dInner]}
 * @param outProjBias {@code [dModel]}, or empty
 */
public record Mamba2Weights(Mamba2Config config, Matrix inProj, float[] inProjBias, float[] convWeight,
        float[] convBias, float[] dtBias, float[] a, float[] d, float[] norm, Matrix outProj,
        float[] outProjBias) implements MixerWeights {
    static Mamba2Weights bind(Mamba2Config config, int dModel, Parameters p) throws CheckpointException {
        int dInner = config.dInner();
        int channels = config.convChannels();
        int heads = config.heads();
        int outputs = dInner + channels + heads;
        return new Mamba2Weights(config, p.matrix("in_proj.weight", outputs, dModel, Role.PROJECTION),
                p.vectorIf(config.bias(), "in_proj.bias", Fill.BIAS, outputs),
                p.vector("conv1d.weight", Fill.FILTER, channels, config.dConv()),
                p.vectorIf(config.convBias(), "conv1d.bias", Fill.BIAS, channels),
                p.vector("dt_bias", Fill.TIME_STEP, heads), p.vector("A", Fill.DECAY, heads),
                p.vector("D", Fill.ONES, heads),
                p.vectorIf(config.norm().order() != Order.NO_NORM, "norm.weight", Fill.ONES, dInner),
                p.matrix("out_proj.weight", dModel, dInner, Role.PROJECTION),
                p.vectorIf(config.bias(), "out_proj.bias", Fill.BIAS, dModel));
    }
}
