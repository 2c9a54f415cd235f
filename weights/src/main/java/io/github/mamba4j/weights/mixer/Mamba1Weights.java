package io.github.mamba4j.weights.mixer;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Fill;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.bind.Role;
import io.github.mamba4j.weights.config.Mamba1Config;

/**
 * The parameters of a Mamba-1 mixer. One that the mixer does not have is an empty array.
 *
 * @param config the sizes
 * @param inProj {@code [2 * dInner, dModel]}: the rows of u, then those of the gate z
 * @param inProjBias {@code [2 * dInner]}, or empty
 * @param convWeight {@code [dInner, dConv]}
 * @param convBias {@code [dInner]}, or empty
 * @param xProj {@code [dtRank + 2 * dState, dInner]}: the rows of dt's low-rank form, then those of B and of C
 * @param dtNorm {@code [dtRank]}: the weight of the norm on dt's low-rank form, or empty
 * @param bNorm {@code [dState]}: that of the norm on B, or empty
 * @param cNorm {@code [dState]}: that of the norm on C, or empty
 * @param dtProj {@code [dInner, dtRank]}
 * @param dtBias {@code [dInner]}: the bias of dt_proj
 * @param a {@code [dInner, dState]}: {@code A = -exp(A_log)}
 * @param d {@code [dInner]}: the skip connection
 * @param outProj {@code [dModel, dInner]}
 * @param outProjBias {@code [dModel]}, or empty
 */
public record Mamba1Weights(Mamba1Config config, Matrix inProj, float[] inProjBias, float[] convWeight,
        float[] convBias, Matrix xProj, float[] dtNorm, float[] bNorm, float[] cNorm, Matrix dtProj, float[] dtBias,
        float[] a, float[] d, Matrix outProj, float[] outProjBias) implements MixerWeights {
    static Mamba1Weights bind(Mamba1Config config, int dModel, Parameters p) throws CheckpointException {
        int dInner = config.dInner();
        int dState = config.dState();
        boolean weighted = config.innerNorm().map(Mamba1Config.InnerNorm::weighted).orElse(false);
        return new Mamba1Weights(config, p.matrix("in_proj.weight", 2 * dInner, dModel, Role.PROJECTION),
                p.vectorIf(config.bias(), "in_proj.bias", Fill.BIAS, 2 * dInner),
                p.vector("conv1d.weight", Fill.FILTER, dInner, config.dConv()),
                p.vectorIf(config.convBias(), "conv1d.bias", Fill.BIAS, dInner),
                p.matrix("x_proj.weight", config.dtRank() + 2 * dState, dInner, Role.SMALL_PROJECTION),
                p.vectorIf(weighted, "dt_norm.weight", Fill.ONES, config.dtRank()),
                p.vectorIf(weighted, "B_norm.weight", Fill.ONES, dState),
                p.vectorIf(weighted, "C_norm.weight", Fill.ONES, dState),
                p.matrix("dt_proj.weight", dInner, config.dtRank(), Role.SMALL_PROJECTION),
                p.vector("dt_proj.bias", Fill.TIME_STEP, dInner), p.vector("A", Fill.DECAY, dInner, dState),
                p.vector("D", Fill.ONES, dInner), p.matrix("out_proj.weight", dModel, dInner, Role.PROJECTION),
                p.vectorIf(config.bias(), "out_proj.bias", Fill.BIAS, dModel));
    }
}
