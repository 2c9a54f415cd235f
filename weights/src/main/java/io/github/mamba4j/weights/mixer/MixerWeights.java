package io.github.mamba4j.weights.mixer;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.DeltaConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.config.ShortConvConfig;

/** The parameters of a mixer; each kind has a record of its own. */
public sealed interface MixerWeights permits Mamba1Weights, Mamba2Weights, ShortConvWeights, DeltaWeights,
        AttentionWeights, MlpWeights {
    /**
     * Asks for the parameters of a mixer.
     *
     * @param config which mixer
     * @param dModel width of the residual stream
     * @param parameters where they come from, below the mixer's name
     * @return the parameters
     * @throws CheckpointException if one is missing or has another shape
     */
    static MixerWeights bind(MixerConfig config, int dModel, Parameters parameters) throws CheckpointException {
        return switch (config) {
            case Mamba1Config mamba -> Mamba1Weights.bind(mamba, dModel, parameters);
            case Mamba2Config mamba -> Mamba2Weights.bind(mamba, dModel, parameters);
            case ShortConvConfig conv -> ShortConvWeights.bind(conv, dModel, parameters);
            case DeltaConfig delta -> DeltaWeights.bind(delta, dModel, parameters);
            case AttentionConfig attention -> AttentionWeights.bind(attention, dModel, parameters);
            case MlpConfig mlp -> MlpWeights.bind(mlp, dModel, parameters);
        };
    }
}
