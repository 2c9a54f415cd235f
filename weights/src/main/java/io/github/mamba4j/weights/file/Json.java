package io.github.mamba4j.weights.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * JSON that may come from anybody: nesting, numbers and names are bounded, a name may occur once in an object, the text
 * is UTF-8, with or without a byte order mark, and nothing follows the document.
 */
public final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).maxNumberLength(400)
                    .maxNameLength(4096).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Python writes Infinity without quotes, and so do configurations of models in the wild.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            // Names of tensors are as many as a file likes: they must not stay in tables of the JVM.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES).disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build();
    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private Json() {}

    /**
     * What a caller does with a parser.
     *
     * @param <T> what comes of it
     */
    public interface Reading<T> {
        /**
         * Reads exactly one value.
         *
         * @param parser before the value
         * @return what was read
         * @throws IOException if the document is not what was expected
         */
        T read(JsonParser parser) throws IOException;
    }

    /**
     * Reads a document token by token.
     *
     * @param location the file, for messages
     * @param utf8 the document
     * @param reading reads exactly one value
     * @param <T> what comes of it
     * @return what was read
     * @throws CheckpointException if this is not the JSON that was expected
     */
    public static <T> T stream(String location, byte[] utf8, Reading<T> reading) throws CheckpointException {
        try (JsonParser parser = FACTORY.createParser(decode(location, utf8))) {
            T result = reading.read(parser);
            if (parser.nextToken() != null) {
                throw new CheckpointException(location + ": expected the end of the JSON, found more");
            }
            return result;
        } catch (CheckpointException e) {
            throw e;
        } catch (JsonProcessingException e) {
            throw malformed(location, e);
        } catch (IOException e) {
            throw new CheckpointException(location + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads a document from a stream token by token.
     *
     * @param location the file, for messages
     * @param in the document; not closed
     * @param maxBytes refused if it is longer
     * @param reading reads exactly one value
     * @param <T> what comes of it
     * @return what was read
     * @throws CheckpointException if this is not the JSON that was expected
     * @throws IOException if reading fails
     */
    public static <T> T stream(String location, InputStream in, int maxBytes, Reading<T> reading) throws IOException {
        return stream(location, read(location, in, maxBytes), reading);
    }

    private static byte[] read(String location, InputStream in, int maxBytes) throws IOException {
        byte[] utf8 = in.readNBytes(maxBytes);
        if (in.read() >= 0) {
            throw new CheckpointException(location + ": expected at most " + maxBytes + " bytes, found more");
        }
        StandIn.refuse(location, utf8);
        return utf8;
    }

    /**
     * Reads a document that is an object.
     *
     * @param location the file, for messages
     * @param in the document; not closed
     * @param maxBytes refused if it is longer
     * @return the object
     * @throws CheckpointException if this is not a JSON object in UTF-8
     * @throws IOException if reading fails
     */
    public static JsonNode readObject(String location, InputStream in, int maxBytes) throws IOException {
        JsonNode node;
        try {
            node = MAPPER.readTree(decode(location, read(location, in, maxBytes)));
        } catch (JsonProcessingException e) {
            throw malformed(location, e);
        }
        if (!node.isObject()) {
            throw new CheckpointException(location + ": expected a JSON object, found "
                    + (node.isMissingNode() ? "nothing" : shown(node)));
        }
        return node;
    }

    /**
     * A value for a message, cut if it is long.
     *
     * @param node any value
     * @return at most some 80 characters
     */
    public static String shown(JsonNode node) {
        if (node.isContainerNode()) {
            return node.isArray() ? "an array" : "an object";
        }
        String text = node.toString();
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }

    private static String decode(String location, byte[] utf8) throws CheckpointException {
        try {
            int begin = startsWithMark(utf8) ? 3 : 0;
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8, begin, utf8.length - begin))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(location + ": expected JSON in UTF-8, found other bytes", e);
        }
    }

    /** Editors of Windows put a byte order mark before a text. */
    private static boolean startsWithMark(byte[] utf8) {
        return utf8.length >= 3 && utf8[0] == (byte) 0xEF && utf8[1] == (byte) 0xBB && utf8[2] == (byte) 0xBF;
    }

    private static CheckpointException malformed(String location, JsonProcessingException e) {
        // The first line alone: the rest of Jackson's message quotes the document.
        String problem = e.getOriginalMessage().lines().findFirst().orElse("malformed");
        return new CheckpointException(location + ": the JSON cannot be read: " + problem, e);
    }
}
