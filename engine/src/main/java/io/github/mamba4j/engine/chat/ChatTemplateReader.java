package io.github.mamba4j.engine.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Finds the chat template among a checkpoint's files, and the special tokens that it writes. */
final class ChatTemplateReader {
    private static final String TEMPLATE_FILE = "chat_template.jinja";
    private static final String CONFIG_FILE = "tokenizer_config.json";
    private static final int MAX_BYTES = 16 << 20;

    private ChatTemplateReader() {}

    static ChatTemplate read(ModelFiles files) throws IOException {
        JsonNode config = config(files);
        Optional<String> source = readFile(files, TEMPLATE_FILE);
        if (source.isEmpty()) {
            source = source(config.path("chat_template"), files.location() + "/" + CONFIG_FILE);
        }
        if (source.isEmpty()) {
            return ChatTemplate.plain();
        }
        return ChatTemplate.jinja(source.get(), token(config, "bos_token"), token(config, "eos_token"));
    }

    /** The text of the token that ends a text; empty if the checkpoint does not name one. */
    static String eosToken(ModelFiles files) throws IOException {
        return token(config(files), "eos_token");
    }

    /** A template, or a list of templates with names. */
    private static Optional<String> source(JsonNode template, String location) throws CheckpointException {
        if (template.isMissingNode() || template.isNull()) {
            return Optional.empty();
        }
        if (template.isTextual()) {
            return Optional.of(template.textValue());
        }
        for (JsonNode named : template) {
            if (named.path("name").asText().equals("default") && named.path("template").isTextual()) {
                return Optional.of(named.get("template").textValue());
            }
        }
        throw new CheckpointException(location
                + ": chat_template: expected a template, or a list of named ones with one called 'default'; found neither");
    }

    /** Special tokens are written as a string or as an object with the string in it. */
    private static String token(JsonNode config, String name) {
        JsonNode token = config.path(name);
        return token.isObject() ? token.path("content").asText("") : token.isTextual() ? token.textValue() : "";
    }

    private static JsonNode config(ModelFiles files) throws IOException {
        try {
            return JsonMapper.builder().build().readTree(readFile(files, CONFIG_FILE).orElse("{}"));
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw new CheckpointException(
                    files.location() + "/" + CONFIG_FILE + ": the JSON cannot be read: " + problem, e);
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
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
