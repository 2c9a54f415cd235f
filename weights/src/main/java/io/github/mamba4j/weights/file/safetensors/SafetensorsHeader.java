package io.github.mamba4j.weights.file.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.Json;
import io.github.mamba4j.weights.file.StoredType;
import io.github.mamba4j.weights.file.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The header of a safetensors file: 8 bytes, the length of a JSON object, little-endian; that object, from name to
 * {@code {"dtype", "shape", "data_offsets": [begin, end]}} and fields that nobody needs; then the data, which the
 * offsets count in and which the tensors cover without a gap or an overlap. Everything is checked before a byte of data
 * is looked at.
 *
 * @param tensors the tensors by name, in the order of the file
 * @param metadata the strings under {@code __metadata__}
 */
public record SafetensorsHeader(Map<String, Tensor> tensors, Map<String, String> metadata) {
    /** Less than the reference's 100 million: the largest models need some 10 MB, and reading takes several times this. */
    static final long MAX_HEADER_BYTES = 1 << 24;

    private static final int MAX_TENSORS = 1 << 17;
    private static final int MAX_RANK = 16;
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * Reads and checks the header.
     *
     * @param location the file, for messages
     * @param file the whole file
     * @return the header, its tensors in place
     * @throws CheckpointException if it is not a sound safetensors file
     */
    public static SafetensorsHeader read(String location, MemorySegment file) throws CheckpointException {
        if (file.byteSize() < 8) {
            throw new CheckpointException(
                    location + ": expected a safetensors file, found only " + file.byteSize() + " bytes");
        }
        long length = file.get(I64, 0);
        long limit = Math.min(file.byteSize() - 8, MAX_HEADER_BYTES);
        if (length < 2 || length > limit) {
            throw new CheckpointException(
                    location + ": expected a header of 2 to " + limit + " bytes, found a length of "
                            + Long.toUnsignedString(length)
                            + (limit < MAX_HEADER_BYTES ? " (the file is truncated or not a safetensors file)" : ""));
        }
        byte[] json = file.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
        if (json[0] != '{') {
            throw new CheckpointException(location + ": expected a header that begins with '{', found byte "
                    + Byte.toUnsignedInt(json[0]));
        }
        return Json.stream(location, json, parser -> new Parser(location, parser).read())
                .locate(location, file.asSlice(8 + length));
    }

    /** One entry of the header, before it is known to fit the data. */
    private record Entry(String name, StoredType type, List<Long> shape, long begin, long end) {}

    /** The content of the JSON. */
    private record Entries(List<Entry> entries, Map<String, String> metadata) {
        SafetensorsHeader locate(String location, MemorySegment data) throws CheckpointException {
            // Empty tensors come before the one that begins at the same place.
            entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
            Map<String, Tensor> tensors = LinkedHashMap.newLinkedHashMap(entries.size());
            long covered = 0;
            for (Entry e : entries) {
                String what = location + ": tensor '" + e.name() + "': ";
                if (e.end() < e.begin() || e.end() > data.byteSize()) {
                    throw new CheckpointException(what + "expected offsets within the " + data.byteSize()
                            + " bytes of data, found [" + e.begin() + ", " + e.end() + "]");
                }
                if (e.begin() != covered) {
                    throw new CheckpointException(what + "expected data from offset " + covered + " on, found "
                            + e.begin() + ": tensors " + (e.begin() < covered ? "overlap" : "leave a gap"));
                }
                long bytes = e.type().byteSize(e.shape());
                if (bytes != e.end() - e.begin()) {
                    throw new CheckpointException(what + "expected "
                            + (bytes < 0 ? "another shape" : bytes + " bytes")
                            + " for " + e.type() + " " + e.shape() + ", found " + (e.end() - e.begin()) + " bytes");
                }
                tensors.put(e.name(), new Tensor(e.name(), e.type(), e.shape(), data.asSlice(e.begin(), bytes)));
                covered = e.end();
            }
            if (covered != data.byteSize()) {
                throw new CheckpointException(location + ": expected " + covered + " bytes of data, found "
                        + data.byteSize());
            }
            return new SafetensorsHeader(tensors, metadata);
        }
    }

    /** Reads the JSON token by token, so that an unwanted value costs nothing. */
    private record Parser(String location, JsonParser json) {
        Entries read() throws IOException {
            expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
            List<Entry> entries = new ArrayList<>();
            Map<String, String> metadata = new HashMap<>();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("__metadata__")) {
                    readMetadata(metadata);
                } else if (entries.size() == MAX_TENSORS) {
                    throw wrong("the header", "at most " + MAX_TENSORS + " tensors", "more");
                } else {
                    entries.add(readEntry(name));
                }
            }
            return new Entries(entries, Collections.unmodifiableMap(metadata));
        }

        private void readMetadata(Map<String, String> metadata) throws IOException {
            if (json.currentToken() == JsonToken.VALUE_NULL) {
                return;
            }
            expect(json.currentToken(), JsonToken.START_OBJECT, "'__metadata__'");
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                expect(json.nextToken(), JsonToken.VALUE_STRING, "'__metadata__', '" + key + "'");
                metadata.put(key, json.getText());
            }
        }

        private Entry readEntry(String name) throws IOException {
            String what = "tensor '" + name + "'";
            expect(json.currentToken(), JsonToken.START_OBJECT, what);
            StoredType type = null;
            List<Long> shape = null;
            List<Long> offsets = null;
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String key = json.currentName();
                json.nextToken();
                switch (key) {
                    case "dtype" -> type = readType(what);
                    case "shape" -> shape = readSizes(what + ", shape", MAX_RANK);
                    case "data_offsets" -> offsets = readSizes(what + ", data_offsets", 2);
                    default -> json.skipChildren();
                }
            }
            if (type == null || shape == null || offsets == null || offsets.size() != 2) {
                throw wrong(what, "a dtype, a shape and two data_offsets", "fewer");
            }
            return new Entry(name, type, shape, offsets.get(0), offsets.get(1));
        }

        private StoredType readType(String what) throws IOException {
            expect(json.currentToken(), JsonToken.VALUE_STRING, what + ", dtype");
            String name = json.getText();
            return StoredType.find(name).orElseThrow(
                    () -> wrong(what, "a dtype of " + Arrays.toString(StoredType.values()), "'" + name + "'"));
        }

        private List<Long> readSizes(String what, int limit) throws IOException {
            expect(json.currentToken(), JsonToken.START_ARRAY, what);
            List<Long> sizes = new ArrayList<>();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, what);
                if (json.getNumberType() == JsonParser.NumberType.BIG_INTEGER || json.getLongValue() < 0) {
                    throw wrong(what, "sizes from 0 to " + Long.MAX_VALUE, json.getText());
                }
                if (sizes.size() == limit) {
                    throw wrong(what, "at most " + limit + " numbers", "more");
                }
                sizes.add(json.getLongValue());
            }
            return sizes;
        }

        private void expect(JsonToken found, JsonToken expected, String what) throws CheckpointException {
            if (found != expected) {
                throw wrong(what, describe(expected), found == null ? "the end" : describe(found));
            }
        }

        private static String describe(JsonToken token) {
            return switch (token) {
                case START_OBJECT -> "an object";
                case START_ARRAY -> "an array";
                case VALUE_STRING -> "a string";
                case VALUE_NUMBER_INT -> "an integer";
                default -> token.name().toLowerCase(Locale.ROOT);
            };
        }

        private CheckpointException wrong(String what, String expected, String found) {
            return new CheckpointException(location + ": " + what + ": expected " + expected + ", found " + found);
        }
    }
}
