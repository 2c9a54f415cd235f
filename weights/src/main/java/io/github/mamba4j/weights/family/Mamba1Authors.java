package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.config.TokenIds;

/** Mamba-1 as its authors store it: {@code d_model} and no {@code model_type}. */
final class Mamba1Authors implements Family {
    @Override
    public String name() {
        return "Mamba-1 (mamba)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        return !s.has("model_type") && s.has("d_model") && !s.in("ssm_cfg").isText("layer", "Mamba2");
    }

    @Override
    public Description describe(Settings s) throws CheckpointException {
        Settings ssm = s.in("ssm_cfg");
        ssm.require("layer", "Mamba1", "Mamba1");
        requireNoHybrid(s);
        int dModel = s.integer("d_model");
        var mixer = new Mamba1Config(Mamba1.dInner(ssm, dModel), ssm.integer("d_state", 16), ssm.integer("d_conv", 4),
                Mamba1.dtRank(ssm, "dt_rank", dModel), ssm.bool("bias", false), ssm.bool("conv_bias", true));
        var config = new ModelConfig("Mamba-1", s.integer("vocab_size"), dModel, s.real("norm_epsilon", 1e-5),
                s.bool("tie_embeddings", true), Multipliers.NONE, Mamba1.layers(s.integer("n_layer"), mixer));
        return new Description(config, new MambaNaming(), TokenIds.NONE, true);
    }

    /** The authors' hybrids have attention or MLP layers, and norms with a mean. */
    static void requireNoHybrid(Settings s) throws CheckpointException {
        if (!s.list("attn_layer_idx").isEmpty() || s.integer("d_intermediate", 0) != 0) {
            throw new CheckpointException(s.location() + ": attn_layer_idx, d_intermediate: expected none, found some:"
                    + " attention and MLP layers of the authors' layout are not supported");
        }
        if (!s.bool("rms_norm", true)) {
            throw s.wrong("rms_norm", "true", "false");
        }
    }
}
