package io.github.mamba4j.weights.file.safetensors;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Writes small tensors that are in memory as a safetensors file. With a checksum, its metadata has {@value #CHECKSUM}: the
 * CRC-32C, in hexadecimal, of the whole file as it would be with a checksum of 00000000. Not thread-safe.
 */
public final class SafetensorsWriter {
    /** The key of the checksum in the metadata. */
    public static final String CHECKSUM = "crc32c";

    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String NO_CHECKSUM = "00000000";
    private static final int ALIGNMENT = 8;
    private static final int CHUNK_VALUES = 1 << 14;

    /** A tensor's place in the file; values are of one kind or the other. */
    private record Entry(float[] floats, int[] ints) {
        int length() {
            return floats.length + ints.length;
        }
    }

    private final ObjectNode header = MAPPER.createObjectNode();
    private final ObjectNode metadata;
    private final List<Entry> entries = new ArrayList<>();
    private long end;

    /**
     * A file without tensors.
     *
     * @param metadata what goes under {@code __metadata__}
     */
    public SafetensorsWriter(Map<String, String> metadata) {
        this.metadata = header.putObject("__metadata__");
        metadata.forEach(this.metadata::put);
    }

    /**
     * Adds a tensor of float32.
     *
     * @param name its name
     * @param shape its sizes
     * @param values its values, row-major; not copied
     * @throws IllegalArgumentException if shape and values do not fit each other
     */
    public void add(String name, List<Integer> shape, float[] values) {
        if (shape.stream().reduce(1, Math::multiplyExact) != values.length) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "': expected values for " + shape + ", found " + values.length);
        }
        add(name, "F32", shape, new Entry(values, new int[0]));
    }

    /**
     * Adds a list of 32-bit integers.
     *
     * @param name its name
     * @param values the integers; not copied
     */
    public void add(String name, int[] values) {
        add(name, "I32", List.of(values.length), new Entry(new float[0], values));
    }

    private void add(String name, String dtype, List<Integer> shape, Entry entry) {
        ObjectNode node = header.putObject(name).put("dtype", dtype);
        shape.forEach(node.putArray("shape")::add);
        long begin = end;
        end += (long) Integer.BYTES * entry.length();
        node.putArray("data_offsets").add(begin).add(end);
        entries.add(entry);
    }

    /** Where bytes go. */
    private interface Sink {
        void write(byte[] bytes, int length) throws IOException;
    }

    /**
     * Writes the file with a checksum.
     *
     * @param out where to write to; flushed, not closed
     * @throws IOException if writing fails
     */
    public void writeWithChecksum(OutputStream out) throws IOException {
        metadata.put(CHECKSUM, NO_CHECKSUM);
        var crc = new CRC32C();
        write((bytes, length) -> crc.update(bytes, 0, length));
        metadata.put(CHECKSUM, HexFormat.of().toHexDigits((int) crc.getValue()));
        write((bytes, length) -> out.write(bytes, 0, length));
        out.flush();
    }

    private void write(Sink sink) throws IOException {
        byte[] json = MAPPER.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        int length = Math.ceilDiv(json.length, ALIGNMENT) * ALIGNMENT;
        byte[] padded = Arrays.copyOf(json, length);
        Arrays.fill(padded, json.length, length, (byte) ' ');
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK_VALUES * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        sink.write(buffer.putLong(length).array(), Long.BYTES);
        sink.write(padded, length);
        for (Entry entry : entries) {
            for (int i = 0; i < entry.length(); i += CHUNK_VALUES) {
                int count = Math.min(CHUNK_VALUES, entry.length() - i);
                if (entry.ints().length > 0) {
                    buffer.clear().asIntBuffer().put(entry.ints(), i, count);
                } else {
                    buffer.clear().asFloatBuffer().put(entry.floats(), i, count);
                }
                sink.write(buffer.array(), count * Integer.BYTES);
            }
        }
    }
}
