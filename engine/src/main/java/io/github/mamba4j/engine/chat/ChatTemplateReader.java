package io.github.mamba4j.engine.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Finds the chat template among a checkpoint's files, and the special tokens that it writes. */
final class ChatTemplateReader {
    private static final String TEMPLATE_FILE = "chat_template.jinja";
    /** Where processors of texts and pictures keep theirs. */
    private static final String JSON_FILE = "chat_template.json";
    private static final String CONFIG_FILE = "tokenizer_config.json";
    private static final String TOKENS_FILE = "special_tokens_map.json";
    private static final String KEY = "chat_template";
    private static final int MAX_BYTES = 16 << 20;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private ChatTemplateReader() {}

    static ChatTemplate read(ModelFiles files) throws IOException {
        JsonNode config = json(files, CONFIG_FILE);
        Map<String, String> tokens = specialTokens(files, config);
        Optional<String> file = readFile(files, TEMPLATE_FILE);
        if (file.isPresent()) {
            return ChatTemplate.jinja(file.get(), tokens);
        }
        JsonNode template = config.path(KEY);
        String location = files.location() + "/" + CONFIG_FILE;
        if (template.isMissingNode() || template.isNull()) {
            template = json(files, JSON_FILE).path(KEY);
            location = files.location() + "/" + JSON_FILE;
        }
        if (template.isMissingNode() || template.isNull()) {
            return ChatTemplate.plain();
        }
        return template.isTextual()
                ? ChatTemplate.jinja(template.textValue(), tokens)
                : named(template, location, tokens);
    }

    /** A list of templates with names, or an object with names as keys. */
    private static ChatTemplate named(JsonNode templates, String location, Map<String, String> tokens)
            throws CheckpointException {
        Map<String, String> byName = new LinkedHashMap<>();
        if (templates.isObject()) {
            templates.properties().forEach(entry -> byName.put(entry.getKey(), entry.getValue().textValue()));
        } else {
            templates.forEach(entry -> byName.put(entry.path("name").asText(), entry.path("template").textValue()));
        }
        String source = byName.get("default");
        if (source == null) {
            throw new CheckpointException(location + ": " + KEY
                    + ": expected a template, or a list of named ones with one called 'default'; found "
                    + (byName.isEmpty() ? "neither" : "the names " + byName.keySet()));
        }
        return new JinjaTemplate(source, byName.get("tool_use"), tokens);
    }

    /** The text of the token that ends a text; empty if the checkpoint does not name one. */
    static String eosToken(ModelFiles files) throws IOException {
        return specialTokens(files, json(files, CONFIG_FILE)).getOrDefault("eos_token", "");
    }

    /** All tokens with a name. Older checkpoints keep some in a file of their own. */
    private static Map<String, String> specialTokens(ModelFiles files, JsonNode config) throws IOException {
        Map<String, String> tokens = new LinkedHashMap<>();
        for (JsonNode source : new JsonNode[]{json(files, TOKENS_FILE), config}) {
            for (Map.Entry<String, JsonNode> entry : source.properties()) {
                Optional<String> text = token(entry.getValue());
                if (entry.getKey().endsWith("_token") && text.isPresent()) {
                    tokens.put(entry.getKey(), text.get());
                }
            }
        }
        return tokens;
    }

    /** A special token is written as a text or as an object with the text in it. */
    private static Optional<String> token(JsonNode token) {
        return Optional.ofNullable(token.isObject() ? token.path("content").textValue() : token.textValue());
    }

    private static JsonNode json(ModelFiles files, String name) throws IOException {
        try {
            JsonNode node = MAPPER.readTree(readFile(files, name).orElse("{}"));
            if (!node.isObject()) {
                throw new CheckpointException(
                        files.location() + "/" + name + ": expected an object, found something else");
            }
            return node;
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw new CheckpointException(files.location() + "/" + name + ": the JSON cannot be read: " + problem, e);
        }
    }

    private static Optional<String> readFile(ModelFiles files, String name) throws IOException {
        Optional<InputStream> file = files.open(name);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = file.get()) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new CheckpointException(
                        files.location() + "/" + name + ": expected at most " + MAX_BYTES + " bytes, found more");
            }
            String text = new String(bytes, StandardCharsets.UTF_8);
            // A mark of the byte order says nothing in UTF-8.
            return Optional.of(text.startsWith("\ufeff") ? text.substring(1) : text);
        }
    }
}
