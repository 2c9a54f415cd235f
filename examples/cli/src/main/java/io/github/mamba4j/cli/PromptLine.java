package io.github.mamba4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/**
 * A line of a file of prompts: a JSON object with a prompt, and with options that take the place of the command line's.
 * What is wrong with it is an {@link IllegalArgumentException}, as it is for the library's own checks.
 */
final class PromptLine {
    private static final Set<String> KEYS = Set.of("id", "prompt", "token_ids", "max_new_tokens", "min_new_tokens",
            "temperature", "top_k", "top_p", "min_p", "typical_p", "repetition_penalty", "presence_penalty",
            "frequency_penalty", "seed", "stop", "ignore_eos", "regex", "json_schema");

    private final JsonNode line;

    private PromptLine(JsonNode line) {
        this.line = line;
    }

    /**
     * Reads a line.
     *
     * @param json the line
     * @param defaults the options of the command line
     * @param compiler compiles the line's constraint, if it has one
     * @return what it asks for
     * @throws IllegalArgumentException if the line is not such an object, or has a value it cannot have
     */
    static Parsed parse(String json, GenerationOptions defaults, ConstraintCompiler compiler) {
        JsonNode node;
        try {
            node = Json.parse(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(Json.problem(e), e);
        }
        if (!node.isObject()) {
            throw new IllegalArgumentException("expected a JSON object, found " + node);
        }
        node.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("unknown key '" + key + "'");
            }
        });
        PromptLine line = new PromptLine(node);
        try {
            return new Parsed(line.request(line.constrained(line.options(defaults), compiler)), node.get("id"));
        } catch (IllegalArgumentException e) {
            throw Failures.snakeCase(e);
        }
    }

    /**
     * What a line asks for.
     *
     * @param request the request
     * @param id any value, by which the user knows the line; null if there is none
     */
    record Parsed(GenerationRequest request, JsonNode id) {}

    private GenerationRequest request(GenerationOptions options) {
        if (line.has("prompt") == line.has("token_ids")) {
            throw new IllegalArgumentException("expected one of the keys 'prompt' and 'token_ids'");
        }
        var request = GenerationRequest.builder(options);
        if (line.has("prompt")) {
            return request.text(value("prompt", "a text", JsonNode::isTextual, JsonNode::textValue, "")).build();
        }
        return request.tokenIds(tokenIds()).build();
    }

    private int[] tokenIds() {
        JsonNode ids = line.get("token_ids");
        if (!ids.isArray() || ids.isEmpty() || !all(ids, PromptLine::isInt)) {
            throw new IllegalArgumentException("token_ids: expected a list of at least one token id, found " + ids);
        }
        return StreamSupport.stream(ids.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }

    private GenerationOptions options(GenerationOptions d) {
        var builder = d.toBuilder().temperature(number("temperature", d.temperature()))
                .topK(integer("top_k", d.topK())).topP(number("top_p", d.topP())).minP(number("min_p", d.minP()))
                .typicalP(number("typical_p", d.typicalP()))
                .repetitionPenalty(number("repetition_penalty", d.repetitionPenalty()))
                .presencePenalty(number("presence_penalty", d.presencePenalty()))
                .frequencyPenalty(number("frequency_penalty", d.frequencyPenalty())).stop(stop(d.stop()))
                .ignoreEos(value("ignore_eos", "true or false", JsonNode::isBoolean, JsonNode::booleanValue,
                        d.ignoreEos()));
        if (line.has("max_new_tokens")) {
            builder.maxNewTokens(integer("max_new_tokens", 0));
        }
        if (line.has("min_new_tokens")) {
            builder.minNewTokens(integer("min_new_tokens", 0));
        }
        if (line.has("seed")) {
            builder.seed(value("seed", "a whole number", PromptLine::isLong, JsonNode::longValue, 0L));
        }
        return builder.build();
    }

    private GenerationOptions constrained(GenerationOptions options, ConstraintCompiler compiler) {
        if (line.has("regex") && line.has("json_schema")) {
            throw new IllegalArgumentException("expected at most one of the keys 'regex' and 'json_schema'");
        }
        if (line.has("json_schema")) {
            return named("json_schema", () -> compiler.jsonSchema(line.get("json_schema").toString(), options));
        }
        if (line.has("regex")) {
            String pattern = value("regex", "a text", JsonNode::isTextual, JsonNode::textValue, "");
            return named("regex", () -> compiler.regex(pattern, options));
        }
        return options;
    }

    private static <T> T named(String key, Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
    }

    private List<String> stop(List<String> otherwise) {
        JsonNode stop = line.path("stop");
        if (stop.isArray() && all(stop, JsonNode::isTextual)) {
            List<String> texts = new ArrayList<>();
            stop.forEach(text -> texts.add(text.textValue()));
            return texts;
        }
        return value("stop", "a text or a list of texts", JsonNode::isTextual, text -> List.of(text.textValue()),
                otherwise);
    }

    private int integer(String key, int otherwise) {
        return value(key, "a whole number", PromptLine::isInt,
                JsonNode::intValue, otherwise);
    }

    private double number(String key, double otherwise) {
        return value(key, "a number", JsonNode::isNumber, JsonNode::doubleValue, otherwise);
    }

    private <T> T value(String key, String expected, Predicate<JsonNode> fits, Function<JsonNode, T> get, T otherwise) {
        if (!line.has(key)) {
            return otherwise;
        }
        JsonNode node = line.get(key);
        if (!fits.test(node)) {
            throw new IllegalArgumentException(key + ": expected " + expected + ", found " + node);
        }
        return get.apply(node);
    }

    private static boolean isInt(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt();
    }

    private static boolean isLong(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToLong();
    }

    private static boolean all(JsonNode list, Predicate<JsonNode> fits) {
        return StreamSupport.stream(list.spliterator(), false).allMatch(fits);
    }
}
