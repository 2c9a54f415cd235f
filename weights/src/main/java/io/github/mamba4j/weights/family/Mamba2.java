package io.github.mamba4j.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import java.util.List;

/**
 * Mamba-2 as transformers stores it, Codestral Mamba among it: {@code model_type} mamba2. The gated norm runs over each group
 * for itself, as the authors have it, and the limit of the step size holds always.
 */
final class Mamba2 implements Family {
    @Override
    public String name() {
        return "Mamba-2 (mamba2)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        return s.string("model_type", "").equals("mamba2");
    }

    @Override
    public Description describe(Settings s) throws CheckpointException {
        s.require("hidden_act", "silu", "silu", "swish");
        int dModel = s.integer("hidden_size");
        int headDim = s.integer("head_dim", 64);
        int dInner = Mamba1.dInner(s, dModel);
        int heads = s.integer("num_heads", Math.max(1, dInner / Math.max(1, headDim)));
        if ((long) heads * headDim != dInner) {
            throw s.wrong("num_heads", "heads of head_dim that make up expand * hidden_size = " + dInner,
                    heads + " of " + headDim);
        }
        int groups = s.integer("n_groups", 8);
        float eps = s.real("layer_norm_epsilon", 1e-5);
        float[] limit = timeStepLimit(s, "time_step_limit");
        var mixer = new Mamba2Config(heads, headDim, groups, s.integer("state_size", 128),
                s.integer("conv_kernel", 4), s.bool("use_bias", false), s.bool("use_conv_bias", true), limit[0],
                limit[1], new GatedNorm(Order.GATE_FIRST, groups, eps));
        var config = new ModelConfig("Mamba-2", s.integer("vocab_size"), dModel, eps,
                s.bool("tie_word_embeddings", false), Multipliers.NONE,
                Mamba1.layers(s.integer("num_hidden_layers"), mixer));
        return new Description(config, new MambaNaming(), s.tokenIds(), false);
    }

    /** Two numbers, of which the second may be infinite: {@code Infinity}, {@code {"__float__": "Infinity"}} or null. */
    static float[] timeStepLimit(Settings s, String key) throws CheckpointException {
        List<JsonNode> limits = s.list(key);
        if (limits.isEmpty()) {
            return new float[]{0, Float.POSITIVE_INFINITY};
        }
        if (limits.size() != 2) {
            throw s.wrong(key, "two numbers", limits.size() + " values");
        }
        return new float[]{limit(s, key, limits.getFirst(), 0),
                limit(s, key, limits.getLast(), Float.POSITIVE_INFINITY)};
    }

    private static float limit(Settings s, String key, JsonNode value, float missing) throws CheckpointException {
        if (value.isNull()) {
            return missing;
        }
        if (value.isNumber()) {
            return value.floatValue();
        }
        String text = value.path("__float__").asText(value.asText());
        if (text.equals("Infinity") || text.equals("inf")) {
            return Float.POSITIVE_INFINITY;
        }
        throw s.wrong(key, "numbers", "'" + text + "'");
    }
}
