package io.github.mamba4j.engine.tokenize.file;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.mamba4j.engine.tokenize.model.AddedToken;
import io.github.mamba4j.engine.tokenize.model.MergeList;
import io.github.mamba4j.engine.tokenize.model.Vocabulary;
import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads a {@code tokenizer.json}. */
public final class TokenizerFileReader {
    /** Twice the largest vocabulary in use and more: ids beyond would only make tables of unbounded size. */
    public static final int MAX_VOCAB = 1 << 20;
    private static final int MAX_FILE_BYTES = 128 << 20;
    private static final int MAX_MERGES = 1 << 21;
    private static final int MAX_ADDED = 1 << 17;
    /** A longer one would make looking for it slow. */
    private static final int MAX_ADDED_LENGTH = 2000;
    private static final int MAX_PART = 20_000;
    private static final int MAX_TOKEN_PART = 50;

    private final String location;
    private final Vocabulary vocabulary = new Vocabulary();
    private final MergeList merges = new MergeList();
    private final ObjectNode options = JsonNodeFactory.instance.objectNode();
    private final List<AddedToken> tokens = new ArrayList<>();
    private double[] scores = new double[0];
    private int pieces;
    private boolean hasVocabulary;
    private boolean hasMerges;
    private JsonNode normalizer = JsonNodeFactory.instance.missingNode();
    private JsonNode preTokenizer = normalizer;
    private JsonNode postProcessor = normalizer;
    private JsonNode decoder = normalizer;

    private TokenizerFileReader(String location) {
        this.location = location;
    }

    /**
     * All bytes of a {@code tokenizer.json}.
     *
     * @param location where it comes from, for messages
     * @param in its content; not closed
     * @return the bytes
     * @throws IOException if it cannot be read, is too large or is another kind of file
     */
    public static byte[] bytes(String location, InputStream in) throws IOException {
        return JsonFiles.read(location, in, MAX_FILE_BYTES);
    }

    /**
     * Reads a file.
     *
     * @param location where it comes from, for messages
     * @param bytes its content
     * @return what it says
     * @throws CheckpointException if it is no tokenizer, or larger than any in use
     */
    public static TokenizerFile read(String location, byte[] bytes) throws CheckpointException {
        return JsonFiles.parse(location, bytes, new TokenizerFileReader(location)::document);
    }

    private TokenizerFile document(JsonParser parser) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "model" -> model(parser);
                case "added_tokens" -> addedTokens(parser);
                case "normalizer" -> normalizer = JsonFiles.tree(location, parser, MAX_PART);
                case "pre_tokenizer" -> preTokenizer = JsonFiles.tree(location, parser, MAX_PART);
                case "post_processor" -> postProcessor = JsonFiles.tree(location, parser, MAX_PART);
                case "decoder" -> decoder = JsonFiles.tree(location, parser, MAX_PART);
                default -> parser.skipChildren();
            }
        }
        if (!hasVocabulary) {
            throw new CheckpointException(location + ": expected a vocabulary in model.vocab, found nothing");
        }
        AddedTokenList added = new AddedTokenList(vocabulary, pieces > 0 ? pieces : vocabulary.size());
        for (AddedToken token : tokens) {
            checkId(added.add(token), token.content());
        }
        return new TokenizerFile(location, modelType(), options, vocabulary, Arrays.copyOf(scores, pieces), merges,
                added.tokens(), normalizer, preTokenizer, postProcessor, decoder, false);
    }

    /** Old files do not name it. */
    private String modelType() {
        String type = options.path("type").asText();
        return !type.isEmpty() ? type : pieces > 0 ? "Unigram" : hasMerges ? "BPE" : "WordLevel";
    }

    private void model(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new CheckpointException(location + ": expected an object as model");
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "vocab" -> vocabulary(parser);
                case "merges" -> merges(parser);
                default -> options.set(name, JsonFiles.tree(location, parser, MAX_PART));
            }
        }
    }

    private void vocabulary(JsonParser parser) throws IOException {
        hasVocabulary = true;
        if (parser.currentToken() == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                piece(parser);
            }
            return;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new CheckpointException(location + ": expected a vocabulary in model.vocab, found "
                    + parser.currentToken().toString().replace("VALUE_", "").toLowerCase(java.util.Locale.ROOT));
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String token = parser.currentName();
            vocabulary.put(token, id(parser, token));
        }
    }

    private int id(JsonParser parser, String token) throws IOException {
        boolean isInt = parser.nextToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() == JsonParser.NumberType.INT;
        if (!isInt) {
            throw badId(token, parser.currentToken().isScalarValue() ? parser.getText() : "no number");
        }
        return checkId(parser.getIntValue(), token);
    }

    private int checkId(int id, String token) throws CheckpointException {
        if (id < 0 || id >= MAX_VOCAB) {
            throw badId(token, String.valueOf(id));
        }
        return id;
    }

    private CheckpointException badId(String token, String found) {
        return new CheckpointException(location + ": token \"" + shown(token) + "\": expected an id from 0 to "
                + (MAX_VOCAB - 1) + ", found " + shown(found));
    }

    private static String shown(String text) {
        return text.length() <= 80 ? text : text.substring(0, 80) + "...";
    }

    private void piece(JsonParser parser) throws IOException {
        boolean isPair = parser.currentToken() == JsonToken.START_ARRAY
                && parser.nextToken() == JsonToken.VALUE_STRING;
        String text = isPair ? parser.getText() : "";
        if (!isPair || !parser.nextToken().isNumeric()) {
            throw new CheckpointException(location + ": expected a piece and its score at place " + pieces
                    + " of model.vocab");
        }
        checkId(pieces, text);
        if (pieces == scores.length) {
            scores = Arrays.copyOf(scores, Math.max(1024, 2 * pieces));
        }
        scores[pieces] = parser.getDoubleValue();
        vocabulary.put(text, pieces++);
        if (parser.nextToken() != JsonToken.END_ARRAY) {
            throw new CheckpointException(location + ": expected a piece and its score, found more");
        }
    }

    private void merges(JsonParser parser) throws IOException {
        hasMerges = true;
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new CheckpointException(location + ": expected a list in model.merges");
        }
        JsonToken token;
        while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
            if (merges.size() >= MAX_MERGES) {
                throw new CheckpointException(location + ": expected at most " + MAX_MERGES + " merges, found more");
            }
            if (token == JsonToken.VALUE_STRING) {
                String pair = parser.getText();
                int space = pair.indexOf(' ');
                if (space < 0 || pair.indexOf(' ', space + 1) >= 0) {
                    throw badMerge();
                }
                merges.add(pair.subSequence(0, space), pair.subSequence(space + 1, pair.length()));
            } else if (token == JsonToken.START_ARRAY) {
                String left = parser.nextTextValue();
                String right = parser.nextTextValue();
                if (left == null || right == null || parser.nextToken() != JsonToken.END_ARRAY) {
                    throw badMerge();
                }
                merges.add(left, right);
            } else {
                throw badMerge();
            }
        }
    }

    private CheckpointException badMerge() {
        return new CheckpointException(
                location + ": expected two tokens at place " + merges.size()
                        + " of model.merges, found something else");
    }

    private void addedTokens(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new CheckpointException(location + ": expected a list in added_tokens");
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode node = JsonFiles.tree(location, parser, MAX_TOKEN_PART);
            JsonNode id = node.path("id");
            String content = node.path("content").asText();
            if (!id.isIntegralNumber() || !id.canConvertToInt()) {
                throw badId(content, id.isMissingNode() ? "none" : id.toString());
            }
            checkId(id.intValue(), content);
            tokens.add(token(location, content, node));
            if (tokens.size() > MAX_ADDED) {
                throw new CheckpointException(
                        location + ": expected at most " + MAX_ADDED + " added tokens, found more");
            }
        }
    }

    /** An added token as it stands in a file; its id is still to be found. */
    static AddedToken token(String location, String content, JsonNode node) throws CheckpointException {
        if (content.length() > MAX_ADDED_LENGTH) {
            throw new CheckpointException(location + ": expected added tokens of at most " + MAX_ADDED_LENGTH
                    + " characters, found one of " + content.length());
        }
        boolean special = node.path("special").asBoolean();
        return new AddedToken(-1, content, node.path("single_word").asBoolean(), node.path("lstrip").asBoolean(),
                node.path("rstrip").asBoolean(), node.path("normalized").asBoolean(!special), special);
    }
}
