package io.github.mamba4j.engine.djl;

import ai.djl.modality.Input;
import ai.djl.ndarray.BytesSupplier;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A request of DJL's {@link Input}: text, or what DJL Serving's clients send as {@code application/json},
 * {@code {"inputs": "a prompt", "parameters": {"max_new_tokens": 40}}} or a prompt as a JSON string.
 */
final class RequestJson {
    private static final String JSON = "application/json";

    private static final JsonMapper MAPPER = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private RequestJson() {}

    /**
     * Makes a request.
     *
     * @param input has the data
     * @param defaults for what the input does not say
     * @throws IllegalArgumentException if there is no data, or not what is expected
     */
    static GenerationRequest of(Input input, GenerationOptions defaults) {
        String text = text(input);
        if (!isJson(input)) {
            return GenerationRequest.of(text, defaults);
        }
        JsonNode body = parse(text);
        if (body.isTextual()) {
            return GenerationRequest.of(body.textValue(), defaults);
        }
        if (!body.isObject() || !body.path("inputs").isTextual()) {
            throw new IllegalArgumentException(
                    "expected a JSON string, or an object with a string \"inputs\", found " + shown(body));
        }
        body.fieldNames().forEachRemaining(name -> {
            if (!name.equals("inputs") && !name.equals("parameters")) {
                throw new IllegalArgumentException("unknown key '" + cut(name) + "': expected inputs and parameters");
            }
        });
        return GenerationRequest.of(body.get("inputs").textValue(), parameters(body.path("parameters"), defaults));
    }

    private static GenerationOptions parameters(JsonNode parameters, GenerationOptions defaults) {
        if (parameters.isMissingNode() || parameters.isNull()) {
            return defaults;
        }
        if (!parameters.isObject()) {
            throw new IllegalArgumentException("parameters: expected an object, found " + shown(parameters));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        parameters.properties().forEach(p -> {
            if (!p.getValue().isNull()) {
                values.put(p.getKey(), value(p.getKey(), p.getValue()));
            }
        });
        Arguments arguments = new Arguments(values);
        arguments.requireKnown(Arguments.OF_GENERATION);
        return arguments.applyTo(defaults);
    }

    private static Object value(String name, JsonNode value) {
        if (value.isArray()) {
            List<String> texts = new ArrayList<>();
            value.forEach(element -> texts.add(element.asText()));
            return texts;
        }
        if (value.isObject()) {
            throw new IllegalArgumentException(name + ": expected a value, found an object");
        }
        return value.asText();
    }

    private static boolean isJson(Input input) {
        for (Map.Entry<String, String> property : input.getProperties().entrySet()) {
            if (property.getKey().equalsIgnoreCase("Content-Type") && property.getValue() != null) {
                return property.getValue().strip().toLowerCase(Locale.ROOT).startsWith(JSON);
            }
        }
        return false;
    }

    /** The data as text, which it has to be; a byte order mark does not count. */
    private static String text(Input input) {
        BytesSupplier data = input.getContent().isEmpty() ? null : input.getData();
        if (data == null) {
            throw new IllegalArgumentException("the input has no data: expected a prompt");
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data.getAsBytes())).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the input's data: expected text in UTF-8, found other bytes", e);
        }
    }

    private static JsonNode parse(String text) {
        try {
            JsonNode body = MAPPER.readTree(text);
            if (body.isMissingNode()) {
                throw new IllegalArgumentException("the input's data: expected JSON, found nothing");
            }
            return body;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("the input's data is no JSON: "
                    + e.getOriginalMessage().lines().findFirst().orElse("malformed"), e);
        }
    }

    private static String shown(JsonNode node) {
        return cut(node.toString());
    }

    private static String cut(String text) {
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }
}
