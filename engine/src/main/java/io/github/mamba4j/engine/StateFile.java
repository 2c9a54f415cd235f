package io.github.mamba4j.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The saved form of a state. All numbers are little-endian:
 *
 * <pre>
 * magic            8 bytes   "MAMBA4JS"
 * version          int32     1
 * nLayer, dInner, dState, dConv       int32 each
 * fingerprint      int64     of the model
 * tokensConsumed   int64
 * payload length   int64     in bytes
 * payload          for each layer the convolution window [dConv - 1, dInner] and h [dState, dInner], float32
 * checksum         int32     CRC-32C of everything before it
 * </pre>
 *
 * The lengths follow from the model that the state is loaded for, so that no length in a file decides what is allocated.
 */
final class StateFile {
    private static final long MAGIC = 0x534a_3441_424d_414dL;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 8 + 4 + 4 * 4 + 8 + 8 + 8;
    private static final int CHUNK_BYTES = 1 << 16;

    private StateFile() {}

    static void write(MambaState state, OutputStream out) throws IOException {
        StateShape shape = state.shape();
        var crc = new CRC32C();
        ByteBuffer buffer = buffer();
        buffer.putLong(MAGIC).putInt(VERSION);
        buffer.putInt(shape.nLayer()).putInt(shape.dInner()).putInt(shape.dState()).putInt(shape.dConv());
        buffer.putLong(shape.fingerprint()).putLong(state.tokensConsumed()).putLong(shape.bytes());
        drain(buffer, crc, out);
        for (int i = 0; i < shape.nLayer(); i++) {
            writeFloats(state.conv(i), buffer, crc, out);
            writeFloats(rows(state.ssm(i), shape), buffer, crc, out);
        }
        buffer.putInt((int) crc.getValue());
        drain(buffer, crc, out);
        out.flush();
    }

    private static void writeFloats(float[] values, ByteBuffer buffer, CRC32C crc, OutputStream out)
            throws IOException {
        for (float value : values) {
            if (buffer.remaining() < Float.BYTES) {
                drain(buffer, crc, out);
            }
            buffer.putFloat(value);
        }
        drain(buffer, crc, out);
    }

    /** A layer's h as {@code [dState, dInner]}. */
    private static float[] rows(float[] h, StateShape shape) {
        float[] rows = new float[shape.ssmSize()];
        for (int n = 0; n < shape.dState(); n++) {
            for (int c = 0; c < shape.dInner(); c++) {
                rows[n * shape.dInner() + c] = h[shape.ssmLayout().index(n, c)];
            }
        }
        return rows;
    }

    /** The way back from {@link #rows}. */
    private static void copyRows(float[] rows, float[] h, StateShape shape) {
        for (int n = 0; n < shape.dState(); n++) {
            for (int c = 0; c < shape.dInner(); c++) {
                h[shape.ssmLayout().index(n, c)] = rows[n * shape.dInner() + c];
            }
        }
    }

    private static void drain(ByteBuffer buffer, CRC32C crc, OutputStream out) throws IOException {
        crc.update(buffer.array(), 0, buffer.position());
        out.write(buffer.array(), 0, buffer.position());
        buffer.clear();
    }

    static void write(MambaState state, Path file) throws IOException {
        AtomicFile.replace(file, out -> write(state, out));
    }

    static MambaState read(Path file, StateShape expected) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MambaState state = read(in, expected, file.toString());
            if (in.read() >= 0) {
                throw new StateFormatException(file + ": there are bytes after the end of the state");
            }
            return state;
        }
    }

    /** Reads a state; {@code source} is what messages call the place it comes from. */
    static MambaState read(InputStream in, StateShape expected, String source) throws IOException {
        var crc = new CRC32C();
        ByteBuffer buffer = buffer();
        fill(buffer, 8, crc, in, source);
        if (buffer.getLong() != MAGIC) {
            throw new StateFormatException(source + ": not a saved state");
        }
        fill(buffer, HEADER_BYTES - 8, crc, in, source);
        int version = buffer.getInt();
        if (version != VERSION) {
            throw new StateFormatException(
                    source + ": expected version " + VERSION + " of the format, found " + version);
        }
        var found = new StateShape(buffer.getInt(), buffer.getInt(), buffer.getInt(), buffer.getInt(),
                buffer.getLong());
        if (!expected.equals(found)) {
            throw new StateFormatException(source + ": " + expected.mismatch(found));
        }
        long tokens = buffer.getLong();
        long bytes = buffer.getLong();
        if (tokens < 0 || bytes != expected.bytes()) {
            throw new StateFormatException(source + ": expected " + expected.bytes() + " bytes of state, found " + bytes
                    + " bytes after " + tokens + " tokens");
        }
        return readPayload(in, expected, tokens, buffer, crc, source);
    }

    private static MambaState readPayload(InputStream in, StateShape shape, long tokens, ByteBuffer buffer, CRC32C crc,
            String source) throws IOException {
        var state = new MambaState(shape);
        float[] rows = new float[shape.ssmSize()];
        for (int i = 0; i < shape.nLayer(); i++) {
            readFloats(state.conv(i), buffer, crc, in, source);
            readFloats(rows, buffer, crc, in, source);
            copyRows(rows, state.ssm(i), shape);
        }
        int sum = (int) crc.getValue();
        fill(buffer, Integer.BYTES, crc, in, source);
        int stored = buffer.getInt();
        if (sum != stored) {
            throw new StateFormatException(source + ": the checksum is " + Integer.toHexString(sum) + ", expected "
                    + Integer.toHexString(stored) + ": the state is damaged");
        }
        state.endChange(tokens);
        return state;
    }

    private static void readFloats(float[] values, ByteBuffer buffer, CRC32C crc, InputStream in, String source)
            throws IOException {
        for (int i = 0; i < values.length;) {
            int count = Math.min(values.length - i, CHUNK_BYTES / Float.BYTES);
            fill(buffer, count * Float.BYTES, crc, in, source);
            buffer.asFloatBuffer().get(values, i, count);
            i += count;
        }
    }

    /** Makes the buffer hold the next bytes of the stream, and nothing else. */
    private static void fill(ByteBuffer buffer, int bytes, CRC32C crc, InputStream in, String source)
            throws IOException {
        int found = in.readNBytes(buffer.array(), 0, bytes);
        if (found < bytes) {
            throw new StateFormatException(source + ": the saved state ends too early");
        }
        crc.update(buffer.array(), 0, bytes);
        buffer.clear().limit(bytes);
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
