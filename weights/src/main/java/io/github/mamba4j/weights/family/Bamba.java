package io.github.mamba4j.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Source;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.file.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Bamba (IBM, Princeton, CMU and UIUC 2024): Mamba-2 and here and there attention with rotary positions on half of each head,
 * after each of them an MLP.
 */
final class Bamba implements Family {
    private static final Map<String, List<String>> NORMS = Map.of("norm", List.of("input_layernorm"), "ffn_norm",
            List.of("pre_ff_layernorm"));
    /** The reference rotates half of a head whatever the configuration says. */
    private static final double ROTATED = 0.5;

    @Override
    public String name() {
        return "Bamba (bamba)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        return s.string("model_type", "").equals("bamba");
    }

    @Override
    public Description describe(Settings s) throws CheckpointException {
        s.require("hidden_act", "silu", "silu", "swish");
        float eps = s.real("rms_norm_eps", 1e-5);
        var config = new ModelConfig("Bamba", s.integer("vocab_size"), s.integer("hidden_size"), eps,
                s.bool("tie_word_embeddings", false), Multipliers.NONE, blocks(s, eps));
        return new Description(config, new HybridNaming(config, "final_layernorm", NORMS, Bamba::names), s.tokenIds(),
                false);
    }

    private static List<BlockConfig> blocks(Settings s, float eps) throws CheckpointException {
        AttentionConfig plain = AttentionSettings.attention(s);
        boolean bias = s.bool("attention_bias", false);
        AttentionConfig attention = plain.withBias(bias, bias)
                .withRope(AttentionSettings.rope(s, plain.headDim(), ROTATED));
        Mamba2Config mamba = Mamba2Settings.mixer(s, 256, eps);
        var mlp = new MlpConfig(s.integer("intermediate_size"), MlpConfig.Kind.SWIGLU, s.bool("mlp_bias", false));
        int layers = s.layers("num_hidden_layers");
        Set<Integer> attentionLayers = attentionLayers(s, layers);
        List<BlockConfig> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            blocks.add(BlockConfig.mixer(i, attentionLayers.contains(i) ? attention : mamba));
            blocks.add(BlockConfig.ffn(i, mlp));
        }
        return blocks;
    }

    private static Set<Integer> attentionLayers(Settings s, int layers) throws CheckpointException {
        Set<Integer> found = new HashSet<>();
        for (JsonNode layer : s.list("attn_layer_indices")) {
            if (!layer.isInt() || layer.intValue() < 0 || layer.intValue() >= layers) {
                throw s.wrong("attn_layer_indices", "numbers of layers, 0 to " + (layers - 1), Json.shown(layer));
            }
            found.add(layer.intValue());
        }
        return found;
    }

    private static List<Source> names(MixerConfig mixer, String parameter) {
        return switch (mixer) {
            case Mamba2Config mamba -> HybridNaming.mamba("mamba.", parameter);
            case AttentionConfig attention -> HybridNaming.attention("self_attn.", parameter);
            case MlpConfig mlp -> List.of(Source.of("feed_forward." + parameter));
            default -> throw new IllegalStateException("Bamba has no such mixer: " + mixer);
        };
    }
}
