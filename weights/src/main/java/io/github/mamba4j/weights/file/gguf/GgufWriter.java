package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.kernels.format.Format;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a GGUF file of version 3 with an alignment of 32. First say what it is to hold, then {@link #write}: the data of
 * the tensors is asked for then, one after the other, so that it need not be in memory.
 *
 * <p>Keys and tensors are written in the order in which they are put; putting a key again replaces its value.
 *
 * <p>Not thread-safe.
 */
public final class GgufWriter {
    private static final int ALIGNMENT = GgufHeader.DEFAULT_ALIGNMENT;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int MAX_RANK = 4;
    /** Names longer than that are refused by ggml. */
    private static final int MAX_NAME_BYTES = 63;

    private final Map<String, Value> metadata = new LinkedHashMap<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /** A writer that holds nothing yet. */
    public GgufWriter() {}

    /** The data of a tensor. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes all of the data.
         *
         * @param out where it goes; buffered, and not to be closed
         * @throws IOException if writing fails
         */
        void writeTo(OutputStream out) throws IOException;

        /**
         * Data that is in memory or mapped.
         *
         * @param data the bytes
         * @return what writes them
         */
        static Content of(MemorySegment data) {
            return out -> copyTo(out, data);
        }
    }

    /** A value of the metadata with its type. */
    private record Value(GgufValueType type, Writing writing) {
        interface Writing {
            void writeTo(Output out) throws IOException;
        }
    }

    private record Tensor(Format format, List<Long> shape, long bytes, Content content) {}

    /**
     * Puts a text.
     *
     * @param key the key
     * @param value the text
     * @return this writer
     */
    public GgufWriter string(String key, String value) {
        return put(key, GgufValueType.STRING, out -> out.string(value));
    }

    /**
     * Puts a whole number as an unsigned 32-bit integer, the type that almost all numbers have in GGUF.
     *
     * @param key the key
     * @param value the number, 0 to 2^32 - 1
     * @return this writer
     * @throws IllegalArgumentException if the number does not fit
     */
    public GgufWriter uint32(String key, long value) {
        if (value < 0 || value > 0xffff_ffffL) {
            throw new IllegalArgumentException(key + ": expected a number from 0 to 2^32 - 1, found " + value);
        }
        return put(key, GgufValueType.UINT32, out -> out.i32((int) value));
    }

    /**
     * Puts a whole number as an unsigned 16-bit integer.
     *
     * @param key the key
     * @param value the number, 0 to 65535
     * @return this writer
     * @throws IllegalArgumentException if the number does not fit
     */
    public GgufWriter uint16(String key, int value) {
        if (value < 0 || value > 0xffff) {
            throw new IllegalArgumentException(key + ": expected a number from 0 to 65535, found " + value);
        }
        return put(key, GgufValueType.UINT16, out -> out.i16(value));
    }

    /**
     * Puts a whole number as a signed 32-bit integer.
     *
     * @param key the key
     * @param value the number
     * @return this writer
     */
    public GgufWriter int32(String key, int value) {
        return put(key, GgufValueType.INT32, out -> out.i32(value));
    }

    /**
     * Puts a number as a binary32.
     *
     * @param key the key
     * @param value the number
     * @return this writer
     */
    public GgufWriter float32(String key, float value) {
        return put(key, GgufValueType.FLOAT32, out -> out.i32(Float.floatToRawIntBits(value)));
    }

    /**
     * Puts a truth value.
     *
     * @param key the key
     * @param value the value
     * @return this writer
     */
    public GgufWriter bool(String key, boolean value) {
        return put(key, GgufValueType.BOOL, out -> out.write(value ? 1 : 0));
    }

    /**
     * Puts an array of texts.
     *
     * @param key the key
     * @param values the texts; not copied
     * @return this writer
     */
    public GgufWriter strings(String key, List<String> values) {
        return put(key, GgufValueType.ARRAY, out -> {
            out.array(GgufValueType.STRING, values.size());
            for (String value : values) {
                out.string(value);
            }
        });
    }

    /**
     * Puts an array of signed 32-bit integers.
     *
     * @param key the key
     * @param values the numbers; not copied
     * @return this writer
     */
    public GgufWriter int32s(String key, int... values) {
        return put(key, GgufValueType.ARRAY, out -> {
            out.array(GgufValueType.INT32, values.length);
            for (int value : values) {
                out.i32(value);
            }
        });
    }

    /**
     * Puts an array of binary32.
     *
     * @param key the key
     * @param values the numbers; not copied
     * @return this writer
     */
    public GgufWriter float32s(String key, float... values) {
        return put(key, GgufValueType.ARRAY, out -> {
            out.array(GgufValueType.FLOAT32, values.length);
            for (float value : values) {
                out.i32(Float.floatToRawIntBits(value));
            }
        });
    }

    /**
     * Puts a value of another file, byte for byte.
     *
     * @param from the metadata of a file that stays open until this one is written
     * @param key the key, which is kept
     * @return this writer
     * @throws IllegalArgumentException if there is no such key
     */
    public GgufWriter copy(GgufMetadata from, String key) {
        GgufValueType type = from.type(key).orElseThrow(
                () -> new IllegalArgumentException(from.location() + ": metadata '" + key + "' is missing"));
        return put(key, type, out -> copyTo(out, from.bytes(key)));
    }

    private GgufWriter put(String key, GgufValueType type, Value.Writing writing) {
        if (key.equals(GgufHeader.ALIGNMENT_KEY)) {
            throw new IllegalArgumentException(key + " is not to be set: the alignment is " + ALIGNMENT);
        }
        if (key.isEmpty() || key.getBytes(StandardCharsets.UTF_8).length > 0xffff) {
            throw new IllegalArgumentException("expected a key of 1 to 65535 bytes, found '" + key + "'");
        }
        metadata.put(key, new Value(type, writing));
        return this;
    }

    /**
     * Adds a tensor.
     *
     * @param name its name, up to 63 bytes
     * @param format how its elements are stored
     * @param shape its sizes in the order of PyTorch, four at most, the last in whole blocks of the format
     * @param content its data, {@link Format#bytes} of its elements; asked for by {@link #write}
     * @return this writer
     * @throws IllegalArgumentException if the name is not free or too long, or the shape does not fit the format
     */
    public GgufWriter tensor(String name, Format format, List<Long> shape, Content content) {
        int nameBytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (nameBytes == 0 || nameBytes > MAX_NAME_BYTES || tensors.containsKey(name)) {
            throw new IllegalArgumentException("tensor '" + name + "': expected a new name of 1 to " + MAX_NAME_BYTES
                    + " bytes, found " + (tensors.containsKey(name) ? "one that is taken" : nameBytes + " bytes"));
        }
        if (shape.isEmpty() || shape.size() > MAX_RANK || shape.stream().anyMatch(size -> size < 0)) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "': expected 1 to " + MAX_RANK + " sizes that are not negative, found "
                            + shape);
        }
        long rowBytes = format.bytes(shape.getLast());
        long bytes = shape.subList(0, shape.size() - 1).stream().reduce(rowBytes, Math::multiplyExact);
        tensors.put(name, new Tensor(format, List.copyOf(shape), bytes, content));
        return this;
    }

    /**
     * Writes the file, or replaces it once the new one is safely on the disk.
     *
     * @param path the file; if it is a link, what it leads to is replaced. What is there and is no file, such as a pipe or
     *     {@code /dev/null}, is written to and stays
     * @throws IOException if writing fails, or a tensor's content has another length than its shape says; the file is then
     *     as it was
     */
    public void write(Path path) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            try (OutputStream out = Files.newOutputStream(path)) {
                writeTo(out);
            }
            return;
        }
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        // In the same folder, because a move between file systems is not one step.
        Path temporary = target.resolveSibling("." + target.getFileName() + "."
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()) + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE)) {
                writeTo(Channels.newOutputStream(channel));
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /**
     * Writes to a stream.
     *
     * @param stream where it goes; not closed
     * @throws IOException if writing fails, or a tensor's content has another length than its shape says
     */
    public void writeTo(OutputStream stream) throws IOException {
        var out = new Output(new BufferedOutputStream(stream, BUFFER_BYTES));
        out.write(new byte[]{'G', 'G', 'U', 'F'});
        out.i32(3);
        out.i64(tensors.size());
        out.i64(metadata.size());
        for (Map.Entry<String, Value> entry : metadata.entrySet()) {
            out.string(entry.getKey());
            out.i32(entry.getValue().type().ordinal());
            entry.getValue().writing().writeTo(out);
        }
        writeInfos(out);
        out.pad();
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            long before = out.written;
            entry.getValue().content().writeTo(out);
            if (out.written - before != entry.getValue().bytes()) {
                throw new IOException("tensor '" + entry.getKey() + "': expected " + entry.getValue().bytes()
                        + " bytes of content, found " + (out.written - before));
            }
            out.pad();
        }
        out.flush();
    }

    private static void copyTo(OutputStream out, MemorySegment data) throws IOException {
        byte[] chunk = new byte[(int) Math.min(data.byteSize(), BUFFER_BYTES)];
        for (long at = 0; at < data.byteSize(); at += chunk.length) {
            int length = (int) Math.min(chunk.length, data.byteSize() - at);
            MemorySegment.copy(data, at, MemorySegment.ofArray(chunk), 0, length);
            out.write(chunk, 0, length);
        }
    }

    private void writeInfos(Output out) throws IOException {
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            Tensor tensor = entry.getValue();
            out.string(entry.getKey());
            out.i32(tensor.shape().size());
            for (long size : tensor.shape().reversed()) {
                out.i64(size);
            }
            out.i32(GgufType.of(tensor.format()).number());
            out.i64(offset);
            offset += (tensor.bytes() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }

    /** Writes little-endian numbers and counts the bytes. */
    private static final class Output extends FilterOutputStream {
        private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private long written;

        Output(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            written++;
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
            written += length;
        }

        /** Whoever gives the content of a tensor does not close the file. */
        @Override
        public void close() throws IOException {
            flush();
        }

        void i16(int value) throws IOException {
            write(number.putShort(0, (short) value).array(), 0, Short.BYTES);
        }

        void i32(int value) throws IOException {
            write(number.putInt(0, value).array(), 0, Integer.BYTES);
        }

        void i64(long value) throws IOException {
            write(number.putLong(0, value).array(), 0, Long.BYTES);
        }

        void string(String value) throws IOException {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            i64(utf8.length);
            write(utf8, 0, utf8.length);
        }

        void array(GgufValueType type, long size) throws IOException {
            i32(type.ordinal());
            i64(size);
        }

        void pad() throws IOException {
            while (written % ALIGNMENT != 0) {
                write(0);
            }
        }
    }
}
