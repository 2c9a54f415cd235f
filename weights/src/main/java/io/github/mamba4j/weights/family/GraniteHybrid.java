package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Source;
import io.github.mamba4j.weights.bind.Source.Slice;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Granite 4.0 (IBM 2025): Mamba-2 and here and there attention, after each of them an MLP, whose width is
 * {@code shared_intermediate_size}. Embedding, residual sums, attention scores and logits have multipliers.
 */
final class GraniteHybrid implements Family {
    private static final Map<String, List<String>> NORMS = Map.of("norm", List.of("input_layernorm"), "ffn_norm",
            List.of("post_attention_layernorm"));

    @Override
    public String name() {
        return "Granite 4.0 (granitemoehybrid)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        return s.string("model_type", "").equals("granitemoehybrid");
    }

    @Override
    public Description describe(Settings s) throws CheckpointException {
        s.require("hidden_act", "silu", "silu", "swish");
        int experts = s.integer("num_local_experts", 8);
        if (experts > 0) {
            throw s.wrong("num_local_experts", "0, since experts are not supported", Integer.toString(experts));
        }
        float eps = s.real("rms_norm_eps", 1e-6);
        var multipliers = new Multipliers(s.real("embedding_multiplier", 1),
                (float) (1 / s.number("logits_scaling", 1)));
        var config = new ModelConfig("Granite-4.0-H", s.integer("vocab_size"), s.integer("hidden_size"), eps,
                s.bool("tie_word_embeddings", false), multipliers, blocks(s, eps));
        return new Description(config, new HybridNaming(config, "norm", NORMS, GraniteHybrid::names), s.tokenIds(),
                false);
    }

    private static List<BlockConfig> blocks(Settings s, float eps) throws CheckpointException {
        AttentionConfig attention = attention(s);
        var mlp = new MlpConfig(s.integer("shared_intermediate_size", 1024), MlpConfig.Kind.SWIGLU, false);
        float scale = s.real("residual_multiplier", 1);
        List<Boolean> isAttention = AttentionSettings.layers(s, s.layers("num_hidden_layers"));
        // Checkpoints of attention alone have no settings of Mamba-2 that make sense.
        MixerConfig mamba = isAttention.contains(false) ? Mamba2Settings.mixer(s, 256, eps) : attention;
        List<BlockConfig> blocks = new ArrayList<>();
        for (int i = 0; i < isAttention.size(); i++) {
            MixerConfig mixer = isAttention.get(i) ? attention : mamba;
            blocks.add(BlockConfig.mixer(i, mixer).withResidualScale(scale));
            blocks.add(BlockConfig.ffn(i, mlp).withResidualScale(scale));
        }
        return blocks;
    }

    private static AttentionConfig attention(Settings s) throws CheckpointException {
        boolean bias = s.bool("attention_bias", false);
        AttentionConfig attention = AttentionSettings.attention(s).withBias(bias, bias)
                .withScale(s.real("attention_multiplier", 1));
        s.require("position_embedding_type", "nope", "nope", "rope");
        return s.isText("position_embedding_type", "rope")
                ? attention.withRope(AttentionSettings.rope(s, attention.headDim(), 1))
                : attention;
    }

    private static List<Source> names(MixerConfig mixer, String parameter) {
        return switch (mixer) {
            case Mamba2Config mamba -> HybridNaming.mamba("mamba.", parameter);
            case AttentionConfig attention -> HybridNaming.attention("self_attn.", parameter);
            // The gate's rows and those of up_proj are one matrix.
            case MlpConfig mlp -> switch (parameter) {
                case "gate_proj.weight" -> List.of(input(mlp, 0));
                case "up_proj.weight" -> List.of(input(mlp, mlp.width()));
                default -> List.of(Source.of("shared_mlp.output_linear.weight"));
            };
            default -> throw new IllegalStateException("Granite has no such mixer: " + mixer);
        };
    }

    private static Source input(MlpConfig mlp, int from) {
        return Source.of("shared_mlp.input_linear.weight").cut(new Slice(from, 2 * mlp.width()));
    }
}
