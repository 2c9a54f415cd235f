package io.github.mamba4j.engine.tokenize;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Reads the vocabulary of a {@code tokenizer.json}: {@code model.vocab} (an object of ids, or Unigram's array of pieces),
 * {@code added_tokens}, and from {@code decoder} how a token is turned into bytes.
 */
final class TokenTableReader {
    /** Twice the largest vocabulary in use: ids beyond would only make a table of unbounded size. */
    private static final int MAX_VOCAB = 1 << 20;
    /** Names in the vocabulary must not stay in tables of the JVM. */
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES).disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build()).build();

    private final String location;
    private JsonNode vocab = MAPPER.missingNode();
    private JsonNode addedTokens = MAPPER.missingNode();
    private JsonNode decoder = MAPPER.missingNode();
    private JsonNode prefix = MAPPER.missingNode();
    private String modelType = "BPE";
    private final NativeLimits limits;

    private TokenTableReader(String location) {
        this.location = location;
        limits = new NativeLimits(location);
    }

    static TokenTable read(String location, String json) throws CheckpointException {
        TokenTableReader reader = new TokenTableReader(location);
        try (JsonParser parser = MAPPER.createParser(json)) {
            reader.readDocument(parser);
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw new CheckpointException(location + ": the JSON cannot be read: " + problem, e);
        } catch (CheckpointException e) {
            throw e;
        } catch (IOException e) {
            throw new CheckpointException(location + ": " + e.getMessage(), e);
        }
        return reader.table();
    }

    private void readDocument(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new CheckpointException(location + ": expected a JSON object");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "model" -> readModel(parser);
                case "added_tokens" -> addedTokens = parser.readValueAsTree();
                case "normalizer", "pre_tokenizer" -> limits.checkPatterns(parser.readValueAsTree());
                case "post_processor" -> limits.checkPostProcessor(parser.readValueAsTree());
                case "decoder" -> decoder = parser.readValueAsTree();
                default -> parser.skipChildren();
            }
        }
        if (parser.nextToken() != null) {
            throw new CheckpointException(location + ": expected the end of the JSON, found more");
        }
    }

    /** Passes over the merges, which are most of the file. */
    private void readModel(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new CheckpointException(location + ": expected an object as model");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "vocab" -> vocab = parser.readValueAsTree();
                case "type" -> modelType = parser.getValueAsString("");
                case "continuing_subword_prefix" -> prefix = parser.readValueAsTree();
                default -> parser.skipChildren();
            }
        }
    }

    private TokenTable table() throws CheckpointException {
        if (!vocab.isObject() && !vocab.isArray()) {
            throw new CheckpointException(location + ": expected a vocabulary in model.vocab, found "
                    + (vocab.isMissingNode() ? "nothing" : vocab.getNodeType()));
        }
        limits.checkPrefix(modelType, prefix);
        limits.checkPatterns(decoder);
        TokenSpelling spelling = TokenSpelling.of(location, decoder);
        List<byte[]> bytes = new ArrayList<>();
        if (vocab.isObject()) {
            for (Map.Entry<String, JsonNode> token : vocab.properties()) {
                put(bytes, id(token.getValue(), token.getKey()), spelling.bytes(token.getKey()));
            }
        } else {
            for (int id = 0; id < vocab.size(); id++) {
                put(bytes, id, spelling.bytes(vocab.path(id).path(0).asText()));
            }
        }
        BitSet special = new BitSet();
        for (JsonNode token : addedTokens) {
            String content = token.path("content").asText();
            int id = id(token.path("id"), content);
            boolean isSpecial = token.path("special").asBoolean();
            special.set(id, isSpecial);
            put(bytes, id, isSpecial ? new byte[0] : spelling.bytes(content));
        }
        return new TokenTable(List.copyOf(bytes), special, spelling.dropsLeadingSpace());
    }

    private int id(JsonNode node, String token) throws CheckpointException {
        int id = node.isIntegralNumber() && node.canConvertToInt() ? node.intValue() : -1;
        if (id < 0 || id >= MAX_VOCAB) {
            throw new CheckpointException(location + ": token \"" + token + "\": expected an id from 0 to "
                    + (MAX_VOCAB - 1) + ", found " + node);
        }
        return id;
    }

    private static void put(List<byte[]> bytes, int id, byte[] value) {
        byte[] none = new byte[0];
        while (bytes.size() <= id) {
            bytes.add(none);
        }
        bytes.set(id, value);
    }
}
