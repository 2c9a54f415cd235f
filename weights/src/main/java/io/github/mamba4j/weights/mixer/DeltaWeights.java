package io.github.mamba4j.weights.mixer;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Fill;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.bind.Role;
import io.github.mamba4j.weights.config.DeltaConfig;

/**
 * The parameters of a gated delta net.
 *
 * @param config the sizes
 * @param qkvProj {@code [2 * keyHeads * keyDim + valueWidth, dModel]}: the rows of all queries, all keys, all values
 * @param zProj {@code [valueWidth, dModel]}: the gate of the output
 * @param bProj {@code [valueHeads, dModel]}: beta before the sigmoid
 * @param aProj {@code [valueHeads, dModel]}: from which the decays are computed
 * @param convWeight {@code [convChannels, dConv]}
 * @param dtBias {@code [valueHeads]}
 * @param a {@code [valueHeads]}: {@code A = -exp(A_log)}
 * @param norm {@code [valueDim]}: the weight of the norm of each head's output
 * @param outProj {@code [dModel, valueWidth]}
 */
public record DeltaWeights(DeltaConfig config, Matrix qkvProj, Matrix zProj, Matrix bProj, Matrix aProj,
        float[] convWeight, float[] dtBias, float[] a, float[] norm, Matrix outProj) implements MixerWeights {
    static DeltaWeights bind(DeltaConfig config, int dModel, Parameters p) throws CheckpointException {
        int heads = config.valueHeads();
        int width = config.valueWidth();
        int channels = config.convChannels();
        return new DeltaWeights(config, p.matrix("in_proj_qkv.weight", channels, dModel, Role.PROJECTION),
                p.matrix("in_proj_z.weight", width, dModel, Role.PROJECTION),
                p.matrix("in_proj_b.weight", heads, dModel, Role.SMALL_PROJECTION),
                p.matrix("in_proj_a.weight", heads, dModel, Role.SMALL_PROJECTION),
                p.vector("conv1d.weight", Fill.FILTER, channels, config.dConv()),
                p.vector("dt_bias", Fill.TIME_STEP, heads), p.vector("A", Fill.DECAY, heads),
                p.vector("norm.weight", Fill.ONES, config.valueDim()),
                p.matrix("out_proj.weight", dModel, width, Role.PROJECTION));
    }
}
