package io.github.mamba4j.engine.tokenize.file;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.mamba4j.engine.tokenize.model.AddedToken;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What stands beside a {@code tokenizer.json} and changes it when transformers' {@code AutoTokenizer} loads a tokenizer:
 * <ul>
 * <li>{@code added_tokens_decoder}, the named special tokens ({@code bos_token}, ...), {@code additional_special_tokens}
 * and {@code extra_special_tokens} of {@code tokenizer_config.json} become added tokens; without the first,
 * {@code special_tokens_map.json} and {@code added_tokens.json} count too;
 * <li>{@code add_prefix_space} takes the place of the value in the file, for the classes of GPT-2 and GPT-NeoX;
 * <li>{@code add_bos_token} and {@code add_eos_token}, if one of them is there, say which tokens are put around a text.
 * </ul>
 */
public final class TokenizerSettings {
    private static final String CONFIG = "tokenizer_config.json";
    private static final String SPECIAL_TOKENS = "special_tokens_map.json";
    private static final String ADDED_TOKENS = "added_tokens.json";
    private static final int MAX_BYTES = 16 << 20;
    private static final int MAX_TOKENS = 1 << 17;
    /** In the order in which they are added. */
    private static final List<String> NAMES = List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token",
            "cls_token", "mask_token");

    private final ModelFiles files;
    private final Map<Integer, AddedToken> decoder = new TreeMap<>();
    private final Map<String, AddedToken> named = new LinkedHashMap<>();
    private final List<AddedToken> extra = new ArrayList<>();
    private boolean hasConfig;
    private boolean hasDecoder;
    private String tokenizerClass = "";
    private boolean prefixSpace;
    private Optional<Boolean> bos = Optional.empty();
    private Optional<Boolean> eos = Optional.empty();
    private String location;

    private TokenizerSettings(ModelFiles files) {
        this.files = files;
    }

    /**
     * A tokenizer as the files beside it change it.
     *
     * @param file what {@code tokenizer.json} says
     * @param files the files it lies among
     * @return the tokenizer
     * @throws IOException if one of the others cannot be read
     */
    public static TokenizerFile apply(TokenizerFile file, ModelFiles files) throws IOException {
        TokenizerSettings settings = new TokenizerSettings(files);
        settings.read(CONFIG, settings::config);
        settings.hasConfig = files.has(CONFIG);
        if (!settings.hasDecoder) {
            settings.read(SPECIAL_TOKENS, settings::specialTokens);
            settings.read(ADDED_TOKENS, settings::addedTokens);
        }
        return settings.applied(file);
    }

    private void read(String name, JsonFiles.Reading<Boolean> reading) throws IOException {
        location = files.location() + "/" + name;
        try (InputStream in = files.open(name).orElse(null)) {
            if (in != null) {
                JsonFiles.parse(location, JsonFiles.read(location, in, MAX_BYTES), reading);
            }
        }
    }

    private boolean config(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (name) {
                case "tokenizer_class" -> tokenizerClass = parser.getValueAsString("");
                case "add_prefix_space" -> prefixSpace = value == JsonToken.VALUE_TRUE;
                case "add_bos_token" -> bos = flag(value);
                case "add_eos_token" -> eos = flag(value);
                case "added_tokens_decoder" -> decoder(parser);
                case "additional_special_tokens", "extra_special_tokens" -> extra(parser);
                default -> named(name, parser);
            }
            parser.skipChildren();
        }
        return true;
    }

    private static Optional<Boolean> flag(JsonToken value) {
        return value.isBoolean() ? Optional.of(value == JsonToken.VALUE_TRUE) : Optional.empty();
    }

    private boolean specialTokens(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            if (name.equals("additional_special_tokens") || name.equals("extra_special_tokens")) {
                extra(parser);
            } else {
                named(name, parser);
            }
            parser.skipChildren();
        }
        return true;
    }

    private boolean addedTokens(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String content = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
                throw new CheckpointException(location + ": expected a number as id of the token \"" + content + "\"");
            }
            boolean special = named.values().stream().anyMatch(token -> token.content().equals(content))
                    || extra.stream().anyMatch(token -> token.content().equals(content));
            ObjectNode node = JsonNodeFactory.instance.objectNode();
            putDecoded(parser.getIntValue(),
                    TokenizerFileReader.token(location, content, node.put("special", special)));
        }
        return true;
    }

    private void decoder(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return;
        }
        hasDecoder = true;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String id = parser.currentName();
            parser.nextToken();
            JsonNode node = JsonFiles.tree(location, parser, MAX_TOKEN_PART);
            if (!id.matches("\\d{1,9}")) {
                throw new CheckpointException(
                        location + ": added_tokens_decoder: expected ids, found \"" + id + "\"");
            }
            putDecoded(Integer.parseInt(id),
                    TokenizerFileReader.token(location,
                            node.isTextual() ? node.textValue() : node.path("content").asText(),
                            node));
        }
    }

    private static final int MAX_TOKEN_PART = 50;

    private void putDecoded(int id, AddedToken token) throws CheckpointException {
        decoder.put(id, token);
        checkCount(decoder.size());
    }

    private void checkCount(int count) throws CheckpointException {
        if (count > MAX_TOKENS) {
            throw new CheckpointException(location + ": expected at most " + MAX_TOKENS + " tokens, found more");
        }
    }

    private void extra(JsonParser parser) throws IOException {
        boolean isObject = parser.currentToken() == JsonToken.START_OBJECT;
        if (!isObject && parser.currentToken() != JsonToken.START_ARRAY) {
            return;
        }
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY && token != JsonToken.END_OBJECT) {
            if (isObject) {
                parser.nextToken();
            }
            AddedToken found = special(parser);
            if (found != null) {
                extra.add(found);
                checkCount(extra.size());
            }
        }
    }

    private void named(String name, JsonParser parser) throws IOException {
        if (NAMES.contains(name)) {
            AddedToken token = special(parser);
            if (token != null) {
                named.put(name, token);
            }
        }
    }

    /** A token as text or object; null if it is neither. */
    private AddedToken special(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return TokenizerFileReader.token(location, parser.getText(),
                    JsonNodeFactory.instance.objectNode().put("special", true));
        }
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            JsonNode node = JsonFiles.tree(location, parser, MAX_TOKEN_PART);
            if (node.path("content").isTextual()) {
                ObjectNode special = ((ObjectNode) node).put("special", true);
                return TokenizerFileReader.token(location, node.path("content").textValue(), special);
            }
        } else if (parser.currentToken() == JsonToken.START_ARRAY) {
            parser.skipChildren();
        }
        return null;
    }

    private TokenizerFile applied(TokenizerFile file) throws CheckpointException {
        int vocabSize = file.scores().length > 0 ? file.scores().length : file.vocabulary().size();
        AddedTokenList list = new AddedTokenList(file.vocabulary(), vocabSize, file.added());
        decoder.values().forEach(list::add);
        for (String name : NAMES) {
            AddedToken token = named.get(name);
            if (token != null && !list.has(token.content())) {
                list.add(token);
            }
        }
        for (AddedToken token : extra) {
            if (!list.has(token.content())) {
                list.add(token);
            }
        }
        List<AddedToken> added = list.tokens();
        JsonNode preTokenizer = preTokenizer(file.preTokenizer());
        JsonNode postProcessor = postProcessor(file.postProcessor(), list);
        boolean same = added.equals(file.added()) && preTokenizer == file.preTokenizer()
                && postProcessor == file.postProcessor();
        return same ? file : file.with(added, preTokenizer, postProcessor);
    }

    private JsonNode preTokenizer(JsonNode node) {
        boolean follows = hasConfig && tokenizerClass.matches("GPT(2|NeoX)Tokenizer(Fast)?");
        if (!follows || !node.path("type").asText().equals("ByteLevel")
                || node.path("add_prefix_space").asBoolean() == prefixSpace) {
            return node;
        }
        return ((ObjectNode) node).deepCopy().put("add_prefix_space", prefixSpace);
    }

    private JsonNode postProcessor(JsonNode node, AddedTokenList list) {
        if (bos.isEmpty() && eos.isEmpty()) {
            return node;
        }
        ObjectNode template = JsonNodeFactory.instance.objectNode().put("type", "TemplateProcessing");
        ObjectNode special = template.putObject("special_tokens");
        put(template, special, bos.orElse(false) ? named.get("bos_token") : null, list);
        for (String side : List.of("single", "pair")) {
            template.withArray(side).addObject().putObject("Sequence").put("id", "A").put("type_id", 0);
        }
        template.withArray("pair").addObject().putObject("Sequence").put("id", "B").put("type_id", 1);
        put(template, special, eos.orElse(false) ? named.get("eos_token") : null, list);
        return template;
    }

    private static void put(ObjectNode template, ObjectNode special, AddedToken token, AddedTokenList list) {
        int id = token == null ? -1 : list.id(token.content());
        template.withArray("single");
        template.withArray("pair");
        if (id < 0) {
            return;
        }
        String content = token.content();
        template.withArray("single").addObject().putObject("SpecialToken").put("id", content).put("type_id", 0);
        template.withArray("pair").addObject().putObject("SpecialToken").put("id", content).put("type_id", 0);
        ObjectNode entry = special.putObject(content).put("id", content);
        entry.putArray("ids").add(id);
        entry.putArray("tokens").add(content);
    }
}
