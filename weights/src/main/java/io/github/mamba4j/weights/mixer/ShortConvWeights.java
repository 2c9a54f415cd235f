package io.github.mamba4j.weights.mixer;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Fill;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.bind.Role;
import io.github.mamba4j.weights.config.ShortConvConfig;

/**
 * The parameters of a gated short convolution. One that the mixer does not have is an empty array.
 *
 * @param config the sizes
 * @param inProj {@code [3 * channels, dModel]}: the rows of B, C and x
 * @param inProjBias as many, or empty
 * @param convWeight {@code [channels, taps]}
 * @param convBias {@code [channels]}, or empty
 * @param outProj {@code [dModel, channels]}
 * @param outProjBias {@code [dModel]}, or empty
 */
public record ShortConvWeights(ShortConvConfig config, Matrix inProj, float[] inProjBias, float[] convWeight,
        float[] convBias, Matrix outProj, float[] outProjBias) implements MixerWeights {
    static ShortConvWeights bind(ShortConvConfig config, int dModel, Parameters p) throws CheckpointException {
        int channels = config.channels();
        boolean bias = config.bias();
        return new ShortConvWeights(config, p.matrix("in_proj.weight", 3 * channels, dModel, Role.PROJECTION),
                p.vectorIf(bias, "in_proj.bias", Fill.BIAS, 3 * channels),
                p.vector("conv1d.weight", Fill.FILTER, channels, config.taps()),
                p.vectorIf(bias, "conv1d.bias", Fill.BIAS, channels),
                p.matrix("out_proj.weight", dModel, channels, Role.PROJECTION),
                p.vectorIf(bias, "out_proj.bias", Fill.BIAS, dModel));
    }
}
