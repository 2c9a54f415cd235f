package io.github.mamba4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import java.util.regex.Pattern;

/** Results as JSON, and what is read as such. A record is an object, its components are keys in snake_case. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private static final Pattern START_MARKER = Pattern.compile(" \\(start marker at \\[.*?\\]\\)");

    private Json() {}

    /**
     * Writes a value on one line.
     *
     * @param value a record, or what records are made of
     * @return the JSON, without a line end
     */
    static String line(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no JSON for " + value.getClass().getName(), e);
        }
    }

    /**
     * Reads a value.
     *
     * @param text the JSON, with nothing after it
     * @return the value
     * @throws JsonProcessingException if it is not JSON
     */
    static JsonNode parse(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }

    /**
     * An object as maps, lists, texts, numbers, booleans and null.
     *
     * @param object the object
     * @return its values in their order; to be changed by the caller as it likes
     */
    static Map<String, Object> map(JsonNode object) {
        return MAPPER.convertValue(object, new TypeReference<>() {
        });
    }

    /**
     * Any value as maps, lists, texts, numbers, booleans and null.
     *
     * @param value the value
     * @return the same for Java
     */
    static Object value(JsonNode value) {
        return MAPPER.convertValue(value, Object.class);
    }

    /**
     * Says why a text is not JSON.
     *
     * @param failure what Jackson has thrown
     * @return the reason, without the remarks about the source that Jackson leaves in its messages
     */
    static String problem(JsonProcessingException failure) {
        return "not JSON: " + START_MARKER.matcher(failure.getOriginalMessage()).replaceAll("");
    }
}
