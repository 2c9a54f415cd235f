package io.github.mamba4j.weights;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads a {@code config.json} of either layout in the wild: that of the transformers library, known by its
 * {@code model_type}, and that of the model's authors, known by {@code d_model} without a {@code model_type}. A setting
 * that would change the arithmetic and is not supported is refused by name; one that is missing has the default of the
 * library that writes the layout.
 */
final class ConfigReader {
    private static final int MAX_BYTES = 1 << 20;
    private static final String SUPPORTED = "supported: mamba (Mamba-1)";

    private final String location;
    private final JsonNode root;

    private ConfigReader(String location, JsonNode root) {
        this.location = location;
        this.root = root;
    }

    /**
     * What a configuration says.
     *
     * @param config the model
     * @param paddedVocab whether the weights may have more rows than the vocabulary that is named, which then count
     */
    record Result(MambaConfig config, boolean paddedVocab) {}

    /**
     * Reads a configuration.
     *
     * @param location the file, for messages
     * @param in its content; not closed
     */
    static Result read(String location, InputStream in) throws IOException {
        return new ConfigReader(location, Json.readObject(location, in, MAX_BYTES)).read();
    }

    private Result read() throws CheckpointException {
        try {
            if (root.hasNonNull("model_type")) {
                return new Result(readTransformers(), false);
            }
            if (root.hasNonNull("d_model")) {
                return new Result(readAuthors(), true);
            }
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(location + ": " + e.getMessage(), e);
        }
        throw new CheckpointException(location + ": expected model_type or d_model, found neither; " + SUPPORTED);
    }

    private MambaConfig readTransformers() throws CheckpointException {
        String type = string(root, "model_type", "");
        if (!type.equals("mamba")) {
            throw new CheckpointException(location + ": model_type '" + type + "' is not supported; " + SUPPORTED);
        }
        String activation = string(root, "hidden_act", "silu");
        if (!Set.of("silu", "swish").contains(activation)) {
            throw wrong("hidden_act", "silu", activation);
        }
        int dModel = integer(root, "hidden_size");
        int dtRank = dtRank(root, "time_step_rank", dModel);
        List<Integer> bos = ids("bos_token_id");
        return new MambaConfig(integer(root, "vocab_size"), dModel, integer(root, "num_hidden_layers"),
                root.hasNonNull("intermediate_size") ? integer(root, "intermediate_size") : dInner(root, dModel),
                integer(root, "state_size", 16), integer(root, "conv_kernel", 4), dtRank,
                bool(root, "use_bias", false), bool(root, "use_conv_bias", true),
                bool(root, "tie_word_embeddings", true), (float) real(root, "layer_norm_epsilon", 1e-5),
                bool(root, "residual_in_fp32", true), bos.isEmpty() ? -1 : bos.getFirst(), ids("eos_token_id"));
    }

    private MambaConfig readAuthors() throws CheckpointException {
        JsonNode ssm = root.path("ssm_cfg");
        String layer = string(ssm, "layer", "Mamba1");
        if (!layer.equals("Mamba1")) {
            throw new CheckpointException(location + ": ssm_cfg.layer '" + layer + "' is not supported; " + SUPPORTED);
        }
        if (!root.path("attn_layer_idx").isEmpty() || integer(root, "d_intermediate", 0) != 0) {
            throw new CheckpointException(
                    location + ": a hybrid with attention or MLP layers is not supported; " + SUPPORTED);
        }
        if (!bool(root, "rms_norm", true)) {
            throw wrong("rms_norm", "true", "false");
        }
        int dModel = integer(root, "d_model");
        return new MambaConfig(integer(root, "vocab_size"), dModel, integer(root, "n_layer"), dInner(ssm, dModel),
                integer(ssm, "d_state", 16), integer(ssm, "d_conv", 4), dtRank(ssm, "dt_rank", dModel),
                bool(ssm, "bias", false), bool(ssm, "conv_bias", true), bool(root, "tie_embeddings", true),
                (float) real(root, "norm_epsilon", 1e-5), bool(root, "residual_in_fp32", true), -1, List.of());
    }

    /** {@code int(expand * dModel)} in double precision, as Python has it; expand may be a fraction. */
    private int dInner(JsonNode parent, int dModel) throws CheckpointException {
        double inner = real(parent, "expand", 2) * dModel;
        if (!(inner >= 1 && inner <= Integer.MAX_VALUE)) {
            throw wrong("expand", "a factor that gives an inner width", Json.shown(parent.path("expand")));
        }
        return (int) inner;
    }

    private int dtRank(JsonNode parent, String key, int dModel) throws CheckpointException {
        JsonNode node = parent.path(key);
        boolean auto = node.isMissingNode() || node.isNull() || node.isTextual() && node.textValue().equals("auto");
        return auto ? MambaConfig.defaultDtRank(dModel) : integer(parent, key);
    }

    /** One id, a list of ids, or null; -1 stands for none, too. */
    private List<Integer> ids(String key) throws CheckpointException {
        JsonNode node = root.path(key);
        if (node.isMissingNode() || node.isNull()) {
            return List.of();
        }
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : node.isArray() ? node : List.of(node)) {
            if (!id.isInt() || id.intValue() < -1) {
                throw wrong(key, "token ids", Json.shown(node));
            }
            if (id.intValue() >= 0) {
                ids.add(id.intValue());
            }
        }
        return ids;
    }

    private int integer(JsonNode parent, String key, int missing) throws CheckpointException {
        return parent.hasNonNull(key) ? integer(parent, key) : missing;
    }

    private int integer(JsonNode parent, String key) throws CheckpointException {
        JsonNode node = parent.path(key);
        if (!node.isInt()) {
            throw wrong(key, "an integer", node.isMissingNode() ? "nothing" : Json.shown(node));
        }
        return node.intValue();
    }

    private double real(JsonNode parent, String key, double missing) throws CheckpointException {
        if (!parent.hasNonNull(key)) {
            return missing;
        }
        JsonNode node = parent.path(key);
        if (!node.isNumber()) {
            throw wrong(key, "a number", Json.shown(node));
        }
        return node.doubleValue();
    }

    private boolean bool(JsonNode parent, String key, boolean missing) throws CheckpointException {
        if (!parent.hasNonNull(key)) {
            return missing;
        }
        JsonNode node = parent.path(key);
        if (!node.isBoolean()) {
            throw wrong(key, "true or false", Json.shown(node));
        }
        return node.booleanValue();
    }

    private String string(JsonNode parent, String key, String missing) throws CheckpointException {
        if (!parent.hasNonNull(key)) {
            return missing;
        }
        JsonNode node = parent.path(key);
        if (!node.isTextual()) {
            throw wrong(key, "a string", Json.shown(node));
        }
        return node.textValue();
    }

    private CheckpointException wrong(String key, String expected, String found) {
        return new CheckpointException(location + ": " + key + ": expected " + expected + ", found " + found);
    }
}
