package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.Mamba1Config.InnerNorm;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import java.util.Optional;

/** FalconMamba: Mamba-1 with norms without weights on dt, B and C, whose eps is {@code mixer_rms_eps}. */
final class FalconMamba implements Family {
    @Override
    public String name() {
        return "FalconMamba (falcon_mamba)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        return s.string("model_type", "").equals("falcon_mamba");
    }

    @Override
    public Description describe(Settings s) throws CheckpointException {
        var norm = new InnerNorm(s.real("mixer_rms_eps", 1e-6), false);
        Mamba1Config mixer = Mamba1.mixer(s, Optional.of(norm));
        var config = new ModelConfig("FalconMamba", s.integer("vocab_size"), s.integer("hidden_size"),
                s.real("layer_norm_epsilon", 1e-5), s.bool("tie_word_embeddings", true), Multipliers.NONE,
                Mamba1.layers(s.integer("num_hidden_layers"), mixer));
        return new Description(config, new MambaNaming(), s.tokenIds(), false);
    }
}
