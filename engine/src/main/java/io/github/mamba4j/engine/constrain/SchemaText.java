package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Texts of patterns and schemas, before anything is made of them. */
final class SchemaText {
    /** Longer texts are refused. */
    static final int MAX_CHARS = 1 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();

    private SchemaText() {}

    /** The text, unless it is too long. */
    static String checked(String what, String text) {
        if (text.length() > MAX_CHARS) {
            throw new IllegalArgumentException(
                    what + ": expected at most " + MAX_CHARS + " characters, found " + text.length());
        }
        return text;
    }

    /** Reads a schema; a byte order mark before it does not count. */
    static JsonNode parse(String schema) {
        checked("the JSON schema", schema);
        try {
            return MAPPER.readTree(schema.startsWith("\uFEFF") ? schema.substring(1) : schema);
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw new IllegalArgumentException("the JSON schema is not valid JSON: " + problem, e);
        }
    }
}
