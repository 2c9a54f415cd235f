package io.github.mamba4j.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.TokenIds;
import io.github.mamba4j.weights.file.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The settings of a {@code config.json}, or of an object in it. What is missing, or null, has the default that is given with
 * the question; what has another type is refused by name.
 */
final class Settings {
    private static final int MAX_BYTES = 1 << 20;

    private final String location;
    /** The objects around these settings, each with a dot behind it; for messages. */
    private final String path;
    private final JsonNode node;

    private Settings(String location, String path, JsonNode node) {
        this.location = location;
        this.path = path;
        this.node = node;
    }

    /**
     * Reads a configuration.
     *
     * @param location the file, for messages
     * @param in its content; not closed
     */
    static Settings read(String location, InputStream in) throws IOException {
        return new Settings(location, "", Json.readObject(location, in, MAX_BYTES));
    }

    /** The file, for messages. */
    String location() {
        return location;
    }

    /** Whether there is a setting of this name, other than null. */
    boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** The settings in an object; none if it is missing. */
    Settings in(String key) throws CheckpointException {
        JsonNode child = node.path(key);
        if (!child.isObject() && has(key)) {
            throw wrong(key, "an object", Json.shown(child));
        }
        return new Settings(location, path + key + ".", child.isObject() ? child : MissingNode.getInstance());
    }

    /** The first of these names that there is a setting of; the first if there is none. */
    String name(String... synonyms) {
        for (String key : synonyms) {
            if (has(key)) {
                return key;
            }
        }
        return synonyms[0];
    }

    int integer(String key, int missing) throws CheckpointException {
        return has(key) ? integer(key) : missing;
    }

    int integer(String key) throws CheckpointException {
        JsonNode value = node.path(key);
        if (!value.isInt()) {
            throw wrong(key, "an integer", value.isMissingNode() ? "nothing" : Json.shown(value));
        }
        return value.intValue();
    }

    /** A number of layers: at most one more than a model may have blocks, which is enough to be refused. */
    int layers(String key) throws CheckpointException {
        return Math.min(integer(key), ModelConfig.MAX_BLOCKS + 1);
    }

    float real(String key, double missing) throws CheckpointException {
        return (float) number(key, missing);
    }

    double number(String key, double missing) throws CheckpointException {
        if (!has(key)) {
            return missing;
        }
        JsonNode value = node.path(key);
        if (!value.isNumber()) {
            throw wrong(key, "a number", Json.shown(value));
        }
        return value.doubleValue();
    }

    boolean bool(String key, boolean missing) throws CheckpointException {
        if (!has(key)) {
            return missing;
        }
        JsonNode value = node.path(key);
        if (!value.isBoolean()) {
            throw wrong(key, "true or false", Json.shown(value));
        }
        return value.booleanValue();
    }

    String string(String key, String missing) throws CheckpointException {
        if (!has(key)) {
            return missing;
        }
        JsonNode value = node.path(key);
        if (!value.isTextual()) {
            throw wrong(key, "a string", Json.shown(value));
        }
        return value.textValue();
    }

    /** Whether a setting is this text. */
    boolean isText(String key, String text) {
        return text.equals(node.path(key).textValue());
    }

    /** The items of a list, each of which may be anything; empty if there is no list of that name. */
    List<JsonNode> list(String key) throws CheckpointException {
        JsonNode value = node.path(key);
        if (!has(key)) {
            return List.of();
        }
        if (!value.isArray()) {
            throw wrong(key, "a list", Json.shown(value));
        }
        List<JsonNode> items = new ArrayList<>();
        value.forEach(items::add);
        return items;
    }

    /** Refuses all but some values of a setting that changes the arithmetic. */
    void require(String key, String missing, String... allowed) throws CheckpointException {
        String found = string(key, missing);
        if (!Set.of(allowed).contains(found)) {
            throw wrong(key, String.join(" or ", allowed), found);
        }
    }

    /** {@code bos_token_id} and {@code eos_token_id}. */
    TokenIds tokenIds() throws CheckpointException {
        List<Integer> bos = ids("bos_token_id");
        return new TokenIds(bos.isEmpty() ? -1 : bos.getFirst(), ids("eos_token_id"));
    }

    /** One id, a list of ids, or null; -1 stands for none, too. */
    private List<Integer> ids(String key) throws CheckpointException {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return List.of();
        }
        List<Integer> ids = new ArrayList<>();
        for (JsonNode id : value.isArray() ? value : List.of(value)) {
            if (!id.isInt() || id.intValue() < -1) {
                throw wrong(key, "token ids", Json.shown(value));
            }
            if (id.intValue() >= 0) {
                ids.add(id.intValue());
            }
        }
        return ids;
    }

    CheckpointException wrong(String key, String expected, String found) {
        return new CheckpointException(location + ": " + path + key + ": expected " + expected + ", found " + found);
    }
}
