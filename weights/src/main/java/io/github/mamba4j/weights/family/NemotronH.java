package io.github.mamba4j.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Naming;
import io.github.mamba4j.weights.bind.Source;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.file.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Nemotron-H and the dense ones of Nemotron Nano: each layer is one mixer with one norm, Mamba-2, attention without positions, or
 * an MLP with squared relu. Step sizes have no floor: the authors' code has none.
 */
final class NemotronH implements Family {
    @Override
    public String name() {
        return "Nemotron-H (nemotron_h)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        return s.string("model_type", "").equals("nemotron_h");
    }

    @Override
    public Description describe(Settings s) throws CheckpointException {
        s.require("mamba_hidden_act", "silu", "silu", "swish");
        s.require("mlp_hidden_act", "relu2", "relu2");
        float eps = s.real(s.name("layer_norm_epsilon", "rms_norm_eps", "norm_eps"), 1e-5);
        List<BlockConfig> blocks = blocks(s, eps);
        var config = new ModelConfig("Nemotron-H", s.integer("vocab_size"), s.integer("hidden_size"), eps,
                s.bool("tie_word_embeddings", false), Multipliers.NONE, blocks);
        return new Description(config, new Names(blocks), s.tokenIds(), false);
    }

    private static List<BlockConfig> blocks(Settings s, float eps) throws CheckpointException {
        Mamba2Config mamba = mamba(s, eps);
        boolean bias = s.bool("attention_bias", false);
        AttentionConfig attention = AttentionSettings.attention(s, s.name("head_dim", "attention_head_dim"))
                .withBias(bias, bias);
        List<BlockConfig> blocks = new ArrayList<>();
        for (String kind : kinds(s)) {
            MixerConfig mixer = switch (kind) {
                case "M", "mamba", "linear_attention" -> mamba;
                case "*", "attention", "full_attention" -> attention;
                case "-", "mlp" ->
                    new MlpConfig(s.integer("intermediate_size"), MlpConfig.Kind.SQUARED_RELU,
                            s.bool("mlp_bias", false));
                case "E", "moe" -> throw s.wrong("layers_block_type", "no experts, which are not supported", kind);
                default -> throw s.wrong("layers_block_type", "mamba, attention or mlp", kind);
            };
            blocks.add(BlockConfig.mixer(blocks.size(), mixer));
        }
        return blocks;
    }

    /** The layers' kinds, as words or as the letters of a pattern. */
    private static List<String> kinds(Settings s) throws CheckpointException {
        List<String> kinds = new ArrayList<>();
        if (s.has("layers_block_type")) {
            for (JsonNode kind : s.list("layers_block_type")) {
                kinds.add(kind.isTextual() ? kind.textValue() : Json.shown(kind));
            }
        } else {
            String pattern = s.string("hybrid_override_pattern", "");
            pattern.codePoints().limit(ModelConfig.MAX_BLOCKS + 1L).forEach(c -> kinds.add(Character.toString(c)));
        }
        int layers = s.integer("num_hidden_layers", kinds.size());
        if (kinds.isEmpty() || kinds.size() != layers) {
            throw s.wrong("layers_block_type", "a kind for each of " + layers + " layers", kinds.size() + " kinds");
        }
        return kinds;
    }

    /** The channels are those of the heads, whatever {@code expand} says. */
    private static Mamba2Config mamba(Settings s, float eps) throws CheckpointException {
        int groups = s.integer(s.name("n_groups", "mamba_n_groups"), 8);
        float[] limit = Mamba2.timeStepLimit(s, s.name("time_step_limit", "mamba_dt_limit"));
        return new Mamba2Config(s.integer("mamba_num_heads", 128), s.integer("mamba_head_dim", 64), groups,
                s.integer(s.name("ssm_state_size", "mamba_d_state"), 128),
                s.integer(s.name("conv_kernel", "mamba_d_conv"), 4),
                s.bool(s.name("mamba_proj_bias", "use_bias"), false),
                s.bool(s.name("use_conv_bias", "mamba_conv_bias"), true), limit[0], limit[1],
                new GatedNorm(Order.GATE_FIRST, groups, eps));
    }

    /** The authors' names of Mamba, but for the output of attention. */
    private static final class Names implements Naming {
        private final MambaNaming mamba = new MambaNaming();
        private final Set<String> attention;

        Names(List<BlockConfig> blocks) {
            attention = blocks.stream().filter(block -> block.mixer() instanceof AttentionConfig)
                    .map(BlockConfig::name).collect(Collectors.toSet());
        }

        @Override
        public List<Source> sources(String canonical) {
            int parameter = canonical.indexOf(".out_proj.");
            boolean renamed = parameter > 0 && attention.contains(canonical.substring(0, parameter));
            return mamba.sources(renamed ? canonical.replace(".out_proj.", ".o_proj.") : canonical);
        }

        /** Layers that predict further tokens ahead. */
        @Override
        public boolean ignores(String tensor) {
            return tensor.startsWith("mtp.") || tensor.startsWith("backbone.mtp.");
        }
    }
}
