package io.github.mamba4j.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.AttentionConfig.Pairing;
import io.github.mamba4j.weights.config.AttentionConfig.Rope;
import io.github.mamba4j.weights.file.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What transformers' configurations say of attention, in both of their generations. */
final class AttentionSettings {
    private AttentionSettings() {}

    /**
     * Attention without positions. The heads share the width of the model unless {@code head_dim} says another one.
     *
     * @throws CheckpointException naming the setting that is missing, wrong or not supported
     */
    static AttentionConfig attention(Settings s) throws CheckpointException {
        return attention(s, "head_dim");
    }

    /** The same where the width of a head goes by another name. */
    static AttentionConfig attention(Settings s, String headDim) throws CheckpointException {
        if (s.has("sliding_window")) {
            throw s.wrong("sliding_window", "none", "some: attention to a part of the text is not supported");
        }
        int dModel = s.integer("hidden_size");
        int heads = s.integer("num_attention_heads");
        if (heads < 1) {
            throw s.wrong("num_attention_heads", "1 or more", Integer.toString(heads));
        }
        if (!s.has(headDim) && dModel % heads != 0) {
            throw s.wrong("num_attention_heads", "a divisor of hidden_size " + dModel, Integer.toString(heads));
        }
        return AttentionConfig.of(heads, s.integer("num_key_value_heads", heads), s.integer(headDim, dModel / heads))
                .withMaxPositions(s.integer("max_position_embeddings", 0));
    }

    /**
     * Which layers are attention, in the words of either generation.
     *
     * @return for each layer whether it is; none is if the configuration does not say it
     * @throws CheckpointException if there is another kind of layer, or another number of them
     */
    static List<Boolean> layers(Settings s, int count) throws CheckpointException {
        String key = s.name("layer_types", "layers_block_type");
        if (!s.has(key)) {
            return Collections.nCopies(count, false);
        }
        List<Boolean> found = new ArrayList<>();
        for (JsonNode layer : s.list(key)) {
            found.add(switch (layer.asText()) {
                case "attention", "full_attention" -> true;
                case "mamba", "linear_attention" -> false;
                default ->
                    throw s.wrong(key, "mamba, linear_attention, attention or full_attention", Json.shown(layer));
            });
        }
        if (found.size() != count) {
            throw s.wrong(key, "a kind for each of " + count + " layers", found.size() + " kinds");
        }
        return found;
    }

    /**
     * Rotary positions on a part of each head, which is as wide as {@code fraction} of it.
     *
     * @throws CheckpointException if the frequencies are to be scaled
     */
    static Rope rope(Settings s, int headDim, double fraction) throws CheckpointException {
        return rope(s, headDim, fraction, 10000);
    }

    /**
     * Rotary positions of a family whose base is another one where a configuration does not say it.
     *
     * @throws CheckpointException if the frequencies are to be scaled
     */
    static Rope rope(Settings s, int headDim, double fraction, double missingTheta) throws CheckpointException {
        // Written by transformers 4: rope_theta and rope_scaling; by 5: rope_parameters.
        Settings parameters = s.in("rope_parameters");
        parameters.require("rope_type", "default", "default");
        if (s.has("rope_scaling")) {
            Settings scaling = s.in("rope_scaling");
            scaling.require(scaling.name("rope_type", "type"), "default", "default");
        }
        double theta = parameters.number("rope_theta", s.number("rope_theta", missingTheta));
        return new Rope((int) (fraction * headDim), theta, Pairing.HALVES);
    }
}
