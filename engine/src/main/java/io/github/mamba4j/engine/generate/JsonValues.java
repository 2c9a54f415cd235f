package io.github.mamba4j.engine.generate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The values of a JSON object, as those types that a {@code generation_config.json} has. What is of another type is an
 * {@link IllegalArgumentException} that says what was expected.
 */
record JsonValues(JsonNode object) {
    private static final int MAX_SHOWN = 60;

    /** Whether there is a value other than null. */
    boolean has(String key) {
        return object.hasNonNull(key);
    }

    JsonNode get(String key) {
        return object.get(key);
    }

    /** Whether the value is true. */
    boolean is(String key) {
        return object.path(key).asBoolean();
    }

    static double number(JsonNode value) {
        if (!value.isNumber()) {
            throw unexpected("a number", value);
        }
        return value.doubleValue();
    }

    /** A whole number, which Python may have written as 20.0. */
    static int integer(JsonNode value) {
        if (!value.isNumber() || !value.canConvertToExactIntegral() || !value.canConvertToInt()) {
            throw unexpected("a whole number", value);
        }
        return value.intValue();
    }

    private static int id(JsonNode value) {
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 0) {
            throw unexpected("token ids", value);
        }
        return value.intValue();
    }

    /** One token id, or a list of them. */
    static List<Integer> oneOrMore(JsonNode value) {
        return value.isArray() ? list(value, "token ids", JsonValues::id) : List.of(id(value));
    }

    static Set<Integer> ids(JsonNode value) {
        return new TreeSet<>(list(value, "a list of token ids", JsonValues::id));
    }

    static List<List<Integer>> runs(JsonNode value) {
        return list(value, "a list of lists of token ids", run -> list(run, "lists of token ids", JsonValues::id));
    }

    static List<String> texts(JsonNode value) {
        return value.isTextual() ? List.of(value.textValue()) : list(value, "a text or a list of texts", text -> {
            if (!text.isTextual()) {
                throw unexpected("a text or a list of texts", text);
            }
            return text.textValue();
        });
    }

    /** {@code [[[ids], bias], ...]}. */
    static Map<List<Integer>, Float> biases(JsonNode value) {
        String expected = "a list of pairs of token ids and a number";
        Map<List<Integer>, Float> biases = new LinkedHashMap<>();
        for (JsonNode pair : list(value, expected, p -> p)) {
            if (!pair.isArray() || pair.size() != 2) {
                throw unexpected(expected, pair);
            }
            biases.put(list(pair.get(0), expected, JsonValues::id), (float) number(pair.get(1)));
        }
        return biases;
    }

    /** {@code [start, factor]}. */
    static TokenRules.LengthDecay decay(JsonNode value) {
        if (!value.isArray() || value.size() != 2) {
            throw unexpected("a start and a factor", value);
        }
        return new TokenRules.LengthDecay(integer(value.get(0)), number(value.get(1)));
    }

    private static <T> List<T> list(JsonNode value, String expected, Function<JsonNode, T> element) {
        if (!value.isArray()) {
            throw unexpected(expected, value);
        }
        List<T> list = new ArrayList<>();
        value.forEach(v -> list.add(element.apply(v)));
        return list;
    }

    private static IllegalArgumentException unexpected(String expected, JsonNode found) {
        String text = found.toString();
        return new IllegalArgumentException("expected " + expected + ", found "
                + (text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text));
    }
}
