package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Source;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.Mamba1Config.InnerNorm;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Jamba (Lieber and others 2024): Mamba-1 with weighted norms on dt, B and C, and here and there attention without positions;
 * after each of them an MLP.
 */
final class Jamba implements Family {
    /** Older files have older names. */
    private static final Map<String, List<String>> NORMS = Map.of("norm", List.of("input_layernorm"), "ffn_norm",
            List.of("pre_ff_layernorm", "pre_moe_layernorm"));

    @Override
    public String name() {
        return "Jamba (jamba)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        return s.string("model_type", "").equals("jamba");
    }

    @Override
    public Description describe(Settings s) throws CheckpointException {
        s.require("hidden_act", "silu", "silu", "swish");
        int experts = s.integer("num_experts", 16);
        if (experts > 1) {
            throw s.wrong("num_experts", "1, since experts are not supported", Integer.toString(experts));
        }
        float eps = s.real("rms_norm_eps", 1e-6);
        var config = new ModelConfig("Jamba", s.integer("vocab_size"), s.integer("hidden_size"), eps,
                s.bool("tie_word_embeddings", false), Multipliers.NONE, blocks(s, mamba(s, eps)));
        return new Description(config, new HybridNaming(config, "final_layernorm", NORMS, Jamba::names), s.tokenIds(),
                false);
    }

    private static List<BlockConfig> blocks(Settings s, Mamba1Config mamba) throws CheckpointException {
        AttentionConfig attention = AttentionSettings.attention(s);
        var mlp = new MlpConfig(s.integer("intermediate_size"), MlpConfig.Kind.SWIGLU, false);
        int period = s.integer("attn_layer_period", 8);
        int offset = s.integer("attn_layer_offset", 4);
        if (period < 1) {
            throw s.wrong("attn_layer_period", "1 or more", Integer.toString(period));
        }
        List<BlockConfig> blocks = new ArrayList<>();
        for (int i = 0; i < s.layers("num_hidden_layers"); i++) {
            blocks.add(BlockConfig.mixer(i, i % period == offset ? attention : mamba));
            blocks.add(BlockConfig.ffn(i, mlp));
        }
        return blocks;
    }

    private static Mamba1Config mamba(Settings s, float eps) throws CheckpointException {
        int dModel = s.integer("hidden_size");
        // Weights that were trained without the norms say so; the classes of today always have them.
        Optional<InnerNorm> norm = s.bool("mamba_inner_layernorms", true)
                ? Optional.of(new InnerNorm(eps, true))
                : Optional.empty();
        return new Mamba1Config(Mamba1.dInner(s, "mamba_expand", dModel), s.integer("mamba_d_state", 16),
                s.integer("mamba_d_conv", 4), Mamba1.dtRank(s, "mamba_dt_rank", dModel),
                s.bool("mamba_proj_bias", false), s.bool("mamba_conv_bias", true), norm);
    }

    private static List<Source> names(MixerConfig mixer, String parameter) {
        if (mixer instanceof AttentionConfig) {
            return HybridNaming.attention("self_attn.", parameter);
        }
        if (mixer instanceof MlpConfig) {
            return List.of(Source.of("feed_forward." + parameter), Source.of("feed_forward.experts.0." + parameter),
                    Source.of("moe.experts.0." + parameter));
        }
        return switch (parameter) {
            case "dt_norm.weight" -> List.of(Source.of("mamba.dt_layernorm.weight"));
            case "B_norm.weight" -> List.of(Source.of("mamba.b_layernorm.weight"),
                    Source.of("mamba.B_layernorm.weight"));
            case "C_norm.weight" -> List.of(Source.of("mamba.c_layernorm.weight"),
                    Source.of("mamba.C_layernorm.weight"));
            default -> HybridNaming.mamba("mamba.", parameter);
        };
    }
}
