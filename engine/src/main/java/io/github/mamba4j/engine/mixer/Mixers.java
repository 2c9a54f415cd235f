package io.github.mamba4j.engine.mixer;

import io.github.mamba4j.engine.forward.Mixer;
import io.github.mamba4j.engine.forward.Resources;
import io.github.mamba4j.weights.mixer.AttentionWeights;
import io.github.mamba4j.weights.mixer.DeltaWeights;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import io.github.mamba4j.weights.mixer.Mamba2Weights;
import io.github.mamba4j.weights.mixer.MixerWeights;
import io.github.mamba4j.weights.mixer.MlpWeights;
import io.github.mamba4j.weights.mixer.ShortConvWeights;

/** Makes mixers: the one place where their kinds are told apart. */
public final class Mixers {
    private Mixers() {}

    /**
     * A mixer.
     *
     * @param name its canonical name, such as {@code layers.3.mixer}
     * @param weights its parameters
     * @param with the model's resources
     * @return the mixer, which has claimed its state
     */
    public static Mixer of(String name, MixerWeights weights, Resources with) {
        return switch (weights) {
            case Mamba1Weights mamba -> new Mamba1Mixer(name, mamba, with);
            case Mamba2Weights mamba -> new Mamba2Mixer(name, mamba, with);
            case ShortConvWeights conv -> new ShortConvMixer(name, conv, with);
            case DeltaWeights delta -> new DeltaMixer(name, delta, with);
            case AttentionWeights attention -> new AttentionMixer(name, attention, with);
            case MlpWeights mlp -> new MlpMixer(mlp, with);
        };
    }
}
