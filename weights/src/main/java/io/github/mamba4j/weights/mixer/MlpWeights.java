package io.github.mamba4j.weights.mixer;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Fill;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.bind.Role;
import io.github.mamba4j.weights.config.MlpConfig;
import java.util.Optional;

/**
 * The parameters of an MLP. A vector that it does not have is an empty array.
 *
 * @param config the sizes
 * @param gateProj {@code [width, dModel]}, if there is a gate
 * @param gateBias {@code [width]}, or empty
 * @param upProj {@code [width, dModel]}
 * @param upBias {@code [width]}, or empty
 * @param downProj {@code [dModel, width]}
 * @param downBias {@code [dModel]}, or empty
 */
public record MlpWeights(MlpConfig config, Optional<Matrix> gateProj, float[] gateBias, Matrix upProj, float[] upBias,
        Matrix downProj, float[] downBias) implements MixerWeights {
    static MlpWeights bind(MlpConfig config, int dModel, Parameters p) throws CheckpointException {
        int width = config.width();
        boolean gated = config.kind().isGated();
        Optional<Matrix> gate = gated
                ? Optional.of(p.matrix("gate_proj.weight", width, dModel, Role.PROJECTION))
                : Optional.empty();
        return new MlpWeights(config, gate, p.vectorIf(gated && config.bias(), "gate_proj.bias", Fill.BIAS, width),
                p.matrix("up_proj.weight", width, dModel, Role.PROJECTION),
                p.vectorIf(config.bias(), "up_proj.bias", Fill.BIAS, width),
                p.matrix("down_proj.weight", dModel, width, Role.PROJECTION),
                p.vectorIf(config.bias(), "down_proj.bias", Fill.BIAS, dModel));
    }
}
