package io.github.mamba4j.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Source;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.AttentionConfig.QkNorm;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.config.ShortConvConfig;
import io.github.mamba4j.weights.file.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * LFM2 and LFM2.5 (Liquid AI 2025): gated short convolutions and here and there attention with norms on queries and
 * keys, after each of them an MLP.
 */
final class Lfm2 implements Family {
    private static final Map<String, List<String>> NORMS = Map.of("norm", List.of("operator_norm"), "ffn_norm",
            List.of("ffn_norm"));

    @Override
    public String name() {
        return "LFM2 (lfm2)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        return s.string("model_type", "").equals("lfm2");
    }

    @Override
    public Description describe(Settings s) throws CheckpointException {
        float eps = s.real("norm_eps", 1e-5);
        // The older name is tie_embedding.
        boolean tied = s.bool(s.name("tie_word_embeddings", "tie_embedding"), true);
        var config = new ModelConfig("LFM2", s.integer("vocab_size"), s.integer("hidden_size"), eps, tied,
                Multipliers.NONE, blocks(s, eps));
        return new Description(config, new HybridNaming(config, "embedding_norm", NORMS, Lfm2::names), s.tokenIds(),
                false);
    }

    private static List<BlockConfig> blocks(Settings s, float eps) throws CheckpointException {
        AttentionConfig plain = AttentionSettings.attention(s);
        AttentionConfig attention = plain.withQkNorm(new QkNorm(eps))
                .withRope(AttentionSettings.rope(s, plain.headDim(), 1, 1e6));
        var conv = new ShortConvConfig(s.integer("hidden_size"), s.integer("conv_L_cache", 3),
                s.bool("conv_bias", false));
        var mlp = new MlpConfig(width(s), MlpConfig.Kind.SWIGLU, false);
        boolean[] isAttention = attentionLayers(s);
        List<BlockConfig> blocks = new ArrayList<>();
        for (int i = 0; i < isAttention.length; i++) {
            blocks.add(BlockConfig.mixer(i, isAttention[i] ? attention : conv));
            blocks.add(BlockConfig.ffn(i, mlp));
        }
        return blocks;
    }

    /** The width of the MLPs, which many configurations give as that of an MLP without a gate. */
    private static int width(Settings s) throws CheckpointException {
        // Where there are both names, the older one counts.
        int width = s.integer(s.name("block_ff_dim", "intermediate_size"), 12288);
        if (!s.bool("block_auto_adjust_ff_dim", true)) {
            return width;
        }
        int multiple = s.integer("block_multiple_of", 256);
        if (multiple < 1) {
            throw s.wrong("block_multiple_of", "1 or more", Integer.toString(multiple));
        }
        long twoThirds = (long) (2L * width / 3.0);
        double adjusted = Math.floor(s.number("block_ffn_dim_multiplier", 1) * twoThirds);
        // What is out of range stays so as an int, and is refused as the width of an MLP.
        return (int) (multiple * Math.ceil(adjusted / multiple));
    }

    /** Which layers are attention: a kind for each layer, or a list of their numbers; without either, all are. */
    private static boolean[] attentionLayers(Settings s) throws CheckpointException {
        boolean[] found = new boolean[Math.max(0, s.layers("num_hidden_layers"))];
        if (s.has("layer_types")) {
            List<JsonNode> kinds = s.list("layer_types");
            if (kinds.size() != found.length) {
                throw s.wrong("layer_types", "a kind for each of " + found.length + " layers", kinds.size() + " kinds");
            }
            for (int i = 0; i < found.length; i++) {
                found[i] = switch (kinds.get(i).asText()) {
                    case "full_attention", "attention" -> true;
                    case "conv", "short_conv" -> false;
                    default -> throw s.wrong("layer_types", "conv or full_attention", Json.shown(kinds.get(i)));
                };
            }
        } else if (s.has("full_attn_idxs")) {
            for (JsonNode layer : s.list("full_attn_idxs")) {
                if (!layer.isInt() || layer.intValue() < 0 || layer.intValue() >= found.length) {
                    throw s.wrong("full_attn_idxs", "numbers of layers, 0 to " + (found.length - 1),
                            Json.shown(layer));
                }
                found[layer.intValue()] = true;
            }
        } else {
            Arrays.fill(found, true);
        }
        return found;
    }

    private static List<Source> names(MixerConfig mixer, String parameter) {
        return List.of(Source.of(switch (mixer) {
            case ShortConvConfig conv -> "conv." + parameter.replace("conv1d.", "conv.");
            case AttentionConfig attention ->
                "self_attn." + parameter.replace("q_norm.", "q_layernorm.").replace("k_norm.", "k_layernorm.");
            case MlpConfig mlp -> "feed_forward." + switch (parameter) {
                case "gate_proj.weight" -> "w1.weight";
                case "up_proj.weight" -> "w3.weight";
                default -> "w2.weight";
            };
            default -> throw new IllegalStateException("LFM2 has no such mixer: " + mixer);
        }));
    }
}
