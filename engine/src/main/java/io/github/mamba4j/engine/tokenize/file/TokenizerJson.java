package io.github.mamba4j.engine.tokenize.file;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.mamba4j.engine.tokenize.model.AddedToken;
import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a {@code tokenizer.json} anew, with other parts. */
public final class TokenizerJson {
    private static final JsonMapper MAPPER = new JsonMapper();

    private TokenizerJson() {}

    /**
     * Writes a file with the parts that the files beside it have changed.
     *
     * @param bytes the content of {@code tokenizer.json}
     * @param file what it says, as changed
     * @param prefixes whether texts begin with what the tokenizer puts before them
     * @return the JSON
     * @throws CheckpointException if the content cannot be read
     */
    public static String render(byte[] bytes, TokenizerFile file, boolean prefixes) throws CheckpointException {
        Map<String, JsonNode> parts = new LinkedHashMap<>();
        parts.put("added_tokens", added(file));
        parts.put("normalizer", prefixes ? file.normalizer() : withoutPrefix(file.normalizer()));
        parts.put("pre_tokenizer", prefixes ? file.preTokenizer() : withoutPrefix(file.preTokenizer()));
        parts.put("post_processor", file.postProcessor());
        return JsonFiles.parse(file.location(), bytes, parser -> copy(parser, parts));
    }

    private static String copy(JsonParser parser, Map<String, JsonNode> parts) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = MAPPER.getFactory().createGenerator(text)) {
            out.writeStartObject();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                if (parts.containsKey(name)) {
                    parser.skipChildren();
                } else {
                    out.writeFieldName(name);
                    out.copyCurrentStructure(parser);
                }
            }
            for (Map.Entry<String, JsonNode> part : parts.entrySet()) {
                out.writeFieldName(part.getKey());
                if (part.getValue().isMissingNode()) {
                    out.writeNull();
                } else {
                    out.writeTree(part.getValue());
                }
            }
            out.writeEndObject();
        }
        return text.toString();
    }

    private static JsonNode added(TokenizerFile file) {
        ArrayNode array = MAPPER.createArrayNode();
        for (AddedToken token : file.added()) {
            array.addObject().put("id", token.id()).put("content", token.content())
                    .put("single_word", token.singleWord()).put("lstrip", token.lstrip()).put("rstrip", token.rstrip())
                    .put("normalized", token.normalized()).put("special", token.special());
        }
        return array;
    }

    private static JsonNode withoutPrefix(JsonNode node) {
        JsonNode copy = node.deepCopy();
        removePrefix(copy);
        return copy;
    }

    private static void removePrefix(JsonNode node) {
        for (JsonNode inner : node) {
            removePrefix(inner);
        }
        if (!(node instanceof ObjectNode object)) {
            return;
        }
        switch (node.path("type").asText()) {
            case "Prepend" -> object.put("prepend", "");
            case "ByteLevel" -> {
                if (node.has("add_prefix_space")) {
                    object.put("add_prefix_space", false);
                }
            }
            case "Metaspace" -> object.put("prepend_scheme", "never").remove("add_prefix_space");
            default -> {
                // It puts nothing before a text.
            }
        }
    }
}
