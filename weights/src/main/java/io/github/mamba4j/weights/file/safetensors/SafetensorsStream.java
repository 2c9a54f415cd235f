package io.github.mamba4j.weights.file.safetensors;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.Json;
import io.github.mamba4j.weights.file.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Reads a safetensors file that {@link SafetensorsWriter} wrote from a stream: first the header, so that the caller can
 * refuse it before the data is read, then exactly the data. Not thread-safe.
 */
public final class SafetensorsStream {
    private static final int LENGTH_BYTES = 8;
    private static final String KEY = "\"" + SafetensorsWriter.CHECKSUM + "\":\"";
    private static final int CHECKSUM_DIGITS = 8;

    private final String location;
    private final InputStream in;
    private final byte[] header;
    private final Map<String, String> metadata = new HashMap<>();
    private long dataBytes;

    private SafetensorsStream(String location, InputStream in, byte[] header) {
        this.location = location;
        this.in = in;
        this.header = header;
    }

    /**
     * Reads the header.
     *
     * @param location what messages call the stream
     * @param in where to read from; not closed
     * @param maxHeaderBytes refused if it is longer
     * @return the stream before its data
     * @throws CheckpointException if this is not a safetensors file
     * @throws IOException if reading fails
     */
    public static SafetensorsStream open(String location, InputStream in, int maxHeaderBytes) throws IOException {
        byte[] prefix = in.readNBytes(LENGTH_BYTES);
        if (prefix.length < LENGTH_BYTES) {
            throw endsEarly(location);
        }
        long length = ByteBuffer.wrap(prefix).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 2 || length > maxHeaderBytes) {
            throw new CheckpointException(location + ": expected a safetensors header of 2 to " + maxHeaderBytes
                    + " bytes, found a length of " + Long.toUnsignedString(length));
        }
        byte[] json = in.readNBytes((int) length);
        if (json.length < length) {
            throw endsEarly(location);
        }
        byte[] header = Arrays.copyOf(prefix, LENGTH_BYTES + json.length);
        System.arraycopy(json, 0, header, LENGTH_BYTES, json.length);
        var stream = new SafetensorsStream(location, in, header);
        stream.parse(Json.readObject(location, new ByteArrayInputStream(json), json.length));
        return stream;
    }

    /** Only what is needed to read on; the whole is checked once it is there. */
    private void parse(JsonNode root) {
        root.properties().forEach(entry -> {
            if (entry.getKey().equals("__metadata__")) {
                entry.getValue().properties().forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
            } else {
                dataBytes = Math.max(dataBytes, entry.getValue().path("data_offsets").path(1).asLong());
            }
        });
    }

    private static CheckpointException endsEarly(String location) {
        return new CheckpointException(location + ": the file ends too early");
    }

    /**
     * The strings under {@code __metadata__}.
     *
     * @return the metadata, not yet checked against the checksum
     */
    public Map<String, String> metadata() {
        return metadata;
    }

    /**
     * The size of the data, as the header says.
     *
     * @return bytes
     */
    public long dataBytes() {
        return dataBytes;
    }

    /**
     * Reads the data, and nothing after it.
     *
     * @return the tensors by name
     * @throws CheckpointException if header or data are damaged
     * @throws IOException if reading fails
     */
    public Map<String, Tensor> readChecked() throws IOException {
        if (dataBytes > Integer.MAX_VALUE - header.length - 8) {
            throw new CheckpointException(
                    location + ": expected data that fits an array, found " + dataBytes + " bytes");
        }
        // Grows with what is there, not with what the header says.
        byte[] data = in.readNBytes((int) dataBytes);
        if (data.length < dataBytes) {
            throw endsEarly(location);
        }
        check(data);
        byte[] file = Arrays.copyOf(header, header.length + data.length);
        System.arraycopy(data, 0, file, header.length, data.length);
        return SafetensorsHeader.read(location, MemorySegment.ofArray(file)).tensors();
    }

    private void check(byte[] data) throws CheckpointException {
        byte[] unsigned = header.clone();
        // Metadata is written first, and quotes inside strings are escaped: the first match is the key.
        int at = new String(header, StandardCharsets.ISO_8859_1).indexOf(KEY) + KEY.length();
        String found = at < KEY.length() || at + CHECKSUM_DIGITS > header.length
                ? "none"
                : new String(header, at, CHECKSUM_DIGITS, StandardCharsets.ISO_8859_1);
        if (!found.equals("none")) {
            Arrays.fill(unsigned, at, at + CHECKSUM_DIGITS, (byte) '0');
        }
        var crc = new CRC32C();
        crc.update(unsigned);
        crc.update(data);
        String expected = HexFormat.of().toHexDigits((int) crc.getValue());
        if (!found.equals(expected)) {
            throw new CheckpointException(location + ": the checksum is " + found + ", expected " + expected
                    + ": the file is damaged");
        }
    }
}
