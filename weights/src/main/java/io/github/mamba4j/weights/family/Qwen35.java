package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Naming;
import io.github.mamba4j.weights.bind.Source;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.AttentionConfig.QkNorm;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.DeltaConfig;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The dense models of Qwen3.5 and what has their classes (Alibaba 2026): gated delta nets and, as every fourth layer,
 * gated attention whose heads are rotated in a part, after each of them an MLP. Of checkpoints with a vision tower the
 * language model alone is loaded.
 */
final class Qwen35 implements Family {
    private static final Map<String, List<String>> NORMS = Map.of("norm", List.of("input_layernorm"), "ffn_norm",
            List.of("post_attention_layernorm"));

    @Override
    public String name() {
        return "Qwen3.5 (qwen3_5)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        String type = s.string("model_type", "");
        return type.equals("qwen3_5") || type.equals("qwen3_5_text");
    }

    @Override
    public Description describe(Settings all) throws CheckpointException {
        Settings s = all.has("text_config") ? all.in("text_config") : all;
        s.require("hidden_act", "silu", "silu", "swish");
        float eps = s.real("rms_norm_eps", 1e-6);
        boolean tied = all.bool("tie_word_embeddings", s.bool("tie_word_embeddings", false));
        var config = new ModelConfig("Qwen3.5", s.integer("vocab_size"), s.integer("hidden_size"), eps, tied,
                Multipliers.NONE, blocks(s, eps));
        return new Description(config, new Names(new HybridNaming(config, "norm", NORMS, Qwen35::names)), s.tokenIds(),
                false);
    }

    private static List<BlockConfig> blocks(Settings s, float eps) throws CheckpointException {
        AttentionConfig attention = attention(s, eps);
        var delta = new DeltaConfig(s.integer("linear_num_key_heads", 16), s.integer("linear_num_value_heads", 32),
                s.integer("linear_key_head_dim", 128), s.integer("linear_value_head_dim", 128),
                s.integer("linear_conv_kernel_dim", 4), eps);
        var mlp = new MlpConfig(s.integer("intermediate_size"), MlpConfig.Kind.SWIGLU, false);
        List<Boolean> isAttention = attentionLayers(s);
        List<BlockConfig> blocks = new ArrayList<>();
        for (int i = 0; i < isAttention.size(); i++) {
            blocks.add(BlockConfig.mixer(i, isAttention.get(i) ? attention : delta));
            blocks.add(BlockConfig.ffn(i, mlp));
        }
        return blocks;
    }

    private static AttentionConfig attention(Settings s, float eps) throws CheckpointException {
        AttentionConfig plain = AttentionSettings.attention(s);
        double fraction = s.in("rope_parameters").number("partial_rotary_factor",
                s.number("partial_rotary_factor", 0.25));
        boolean bias = s.bool("attention_bias", false);
        return plain.withQkNorm(new QkNorm(eps)).withBias(bias, bias)
                .withOutputGate(s.bool("attn_output_gate", true))
                .withRope(AttentionSettings.rope(s, plain.headDim(), fraction, 1e7));
    }

    /** A kind for each layer; without a list of them, every so many-th is attention. */
    private static List<Boolean> attentionLayers(Settings s) throws CheckpointException {
        int layers = s.layers("num_hidden_layers");
        if (s.has("layer_types")) {
            return AttentionSettings.layers(s, layers);
        }
        int interval = s.integer("full_attention_interval", 4);
        if (interval < 1) {
            throw s.wrong("full_attention_interval", "1 or more", Integer.toString(interval));
        }
        return IntStream.range(0, layers).mapToObj(i -> (i + 1) % interval == 0).toList();
    }

    private static List<Source> names(MixerConfig mixer, String parameter) {
        return switch (mixer) {
            case DeltaConfig delta -> HybridNaming.mamba("linear_attn.", parameter);
            case AttentionConfig attention -> HybridNaming.attention("self_attn.", parameter);
            case MlpConfig mlp -> List.of(Source.of("mlp." + parameter));
            default -> throw new IllegalStateException("Qwen3.5 has no such mixer: " + mixer);
        };
    }

    /**
     * Names beside which there may be a vision tower, and norms around 0: all but those of the delta nets' heads.
     *
     * @param text how the part that reads names its parameters where it is alone
     */
    private record Names(Naming text) implements Naming {
        private static final String MODEL = "model.";

        @Override
        public List<Source> sources(String canonical) {
            return text.sources(canonical).stream().flatMap(Names::places)
                    .map(source -> isAroundZero(source.tensor()) ? source.with(Source.Values.PLUS_ONE) : source)
                    .toList();
        }

        private static Stream<Source> places(Source source) {
            String name = source.tensor();
            return name.startsWith(MODEL)
                    ? Stream.of(new Source(MODEL + "language_" + name, source.cut(), source.values()), source)
                    : Stream.of(source);
        }

        private static boolean isAroundZero(String tensor) {
            return tensor.endsWith("norm.weight") && !tensor.endsWith(".linear_attn.norm.weight");
        }

        @Override
        public boolean ignores(String tensor) {
            return tensor.startsWith("model.visual.") || tensor.startsWith("visual.") || tensor.startsWith("mtp.");
        }
    }
}
