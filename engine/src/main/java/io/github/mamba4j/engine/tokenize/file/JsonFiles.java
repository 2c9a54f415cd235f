package io.github.mamba4j.engine.tokenize.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.mamba4j.weights.CheckpointException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads JSON with limits. */
final class JsonFiles {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_STRING = 16 << 20;
    /** Names in a vocabulary must not stay in tables of the JVM. */
    static final JsonFactory FACTORY = JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).streamReadConstraints(StreamReadConstraints
                    .builder().maxNestingDepth(MAX_DEPTH).maxStringLength(MAX_STRING).build())
            .build();

    private JsonFiles() {}

    /** All bytes of a file, if it can be JSON. */
    static byte[] read(String location, InputStream in, int limit) throws IOException {
        byte[] bytes = in.readNBytes(limit);
        if (in.read() >= 0) {
            throw new CheckpointException(location + ": expected at most " + limit + " bytes, found more");
        }
        checkKind(location, bytes);
        return bytes;
    }

    /** Calls what is often saved in place of a file by its name. */
    private static void checkKind(String location, byte[] bytes) throws CheckpointException {
        String start = new String(bytes, 0, Math.min(bytes.length, 200), StandardCharsets.UTF_8).strip();
        if (start.startsWith("version https://git-lfs")) {
            throw new CheckpointException(location + ": this is a git-LFS pointer, not the file itself; "
                    + "fetch the file with `git lfs pull` or download it again");
        }
        if (start.startsWith("<")) {
            throw new CheckpointException(
                    location + ": this is a web page (or XML), not JSON; the download has failed, try it again");
        }
    }

    /** Something that reads from a parser. */
    @FunctionalInterface
    interface Reading<T> {
        T read(JsonParser parser) throws IOException;
    }

    /** Reads a whole document; every failure names the file. */
    static <T> T parse(String location, byte[] bytes, Reading<T> reading) throws CheckpointException {
        int mark = hasByteOrderMark(bytes) ? 3 : 0;
        try (JsonParser parser = FACTORY.createParser(bytes, mark, bytes.length - mark)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new CheckpointException(location + ": expected a JSON object");
            }
            T result = reading.read(parser);
            if (parser.nextToken() != null) {
                throw new CheckpointException(location + ": expected the end of the JSON, found more");
            }
            return result;
        } catch (CheckpointException e) {
            throw e;
        } catch (CharConversionException e) {
            throw new CheckpointException(location + ": expected JSON in UTF-8, found other bytes", e);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw new CheckpointException(location + ": the JSON cannot be read: " + problem, e);
        } catch (IOException e) {
            throw new CheckpointException(location + ": " + e.getMessage(), e);
        }
    }

    static boolean hasByteOrderMark(byte[] bytes) {
        return bytes.length >= 3 && bytes[0] == (byte) 0xEF && bytes[1] == (byte) 0xBB && bytes[2] == (byte) 0xBF;
    }

    /** The value the parser is at, if it has at most so many parts. */
    static JsonNode tree(String location, JsonParser parser, int maxNodes) throws IOException {
        return new Tree(location, parser, maxNodes).value();
    }

    /** Builds a tree and counts. */
    private static final class Tree {
        private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

        private final String location;
        private final JsonParser parser;
        private final int max;
        private int left;

        Tree(String location, JsonParser parser, int max) {
            this.location = location;
            this.parser = parser;
            this.max = max;
            left = max;
        }

        JsonNode value() throws IOException {
            if (--left < 0) {
                throw new CheckpointException(
                        location + ": expected parts with at most " + max + " values, found one with more");
            }
            switch (parser.currentToken()) {
                case START_OBJECT -> {
                    ObjectNode object = NODES.objectNode();
                    while (parser.nextToken() == JsonToken.FIELD_NAME) {
                        String name = parser.currentName();
                        parser.nextToken();
                        object.set(name, value());
                    }
                    return object;
                }
                case START_ARRAY -> {
                    ArrayNode array = NODES.arrayNode();
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        array.add(value());
                    }
                    return array;
                }
                case VALUE_STRING -> {
                    return NODES.textNode(parser.getText());
                }
                case VALUE_TRUE, VALUE_FALSE -> {
                    return NODES.booleanNode(parser.getBooleanValue());
                }
                case VALUE_NUMBER_INT -> {
                    return switch (parser.getNumberType()) {
                        case INT -> NODES.numberNode(parser.getIntValue());
                        case LONG -> NODES.numberNode(parser.getLongValue());
                        default -> NODES.numberNode(parser.getBigIntegerValue());
                    };
                }
                case VALUE_NUMBER_FLOAT -> {
                    return NODES.numberNode(parser.getDoubleValue());
                }
                default -> {
                    return NODES.nullNode();
                }
            }
        }
    }
}
