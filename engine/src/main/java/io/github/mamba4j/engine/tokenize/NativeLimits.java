package io.github.mamba4j.engine.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.CheckpointException;

/**
 * Refuses what the native library takes in a file and then ends the process over, when a text is encoded or while the
 * file is loaded: templates with special tokens that are not defined, patterns that match nothing, and BPE with a prefix
 * for the inner parts of words, which may be longer than a part.
 *
 * @param location the file, for messages
 */
record NativeLimits(String location) {
    /** Looks at a {@code post_processor}. */
    void checkPostProcessor(JsonNode processor) throws CheckpointException {
        for (JsonNode part : processor.path("processors")) {
            checkPostProcessor(part);
        }
        for (String template : new String[]{"single", "pair"}) {
            for (JsonNode piece : processor.path(template)) {
                JsonNode id = piece.path("SpecialToken").path("id");
                if (id.isTextual() && !processor.path("special_tokens").has(id.textValue())) {
                    throw new CheckpointException(location + ": post_processor: the special token \"" + id.textValue()
                            + "\" is used, but not defined");
                }
            }
        }
    }

    /** Looks at a {@code normalizer}, {@code pre_tokenizer} or {@code decoder} for patterns at any depth. */
    void checkPatterns(JsonNode part) throws CheckpointException {
        for (JsonNode kind : part.path("pattern")) {
            if (kind.isTextual() && kind.textValue().isEmpty()) {
                throw new CheckpointException(location + ": expected patterns that are not empty, found " + part);
            }
        }
        for (JsonNode inner : part) {
            checkPatterns(inner);
        }
    }

    /** Looks at the {@code continuing_subword_prefix} of a model. */
    void checkPrefix(String modelType, JsonNode prefix) throws CheckpointException {
        if (modelType.equals("BPE") && prefix.isTextual() && !prefix.textValue().isEmpty()) {
            throw new CheckpointException(
                    location + ": BPE with the continuing_subword_prefix " + prefix + " is not supported");
        }
    }
}
