package io.github.mamba4j.weights.file.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes GGUF files byte by byte, whole or damaged. */
final class GgufBytes {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Begins with the magic number. */
    static GgufBytes header(int version, long tensors, long entries) {
        return new GgufBytes().raw('G', 'G', 'U', 'F').i32(version).i64(tensors).i64(entries);
    }

    GgufBytes raw(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }

    GgufBytes i32(int value) {
        out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
        return this;
    }

    GgufBytes i64(long value) {
        out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
        return this;
    }

    GgufBytes text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        i64(utf8.length);
        out.writeBytes(utf8);
        return this;
    }

    /** A key and the type of what follows. */
    GgufBytes key(String key, GgufValueType type) {
        return text(key).i32(type.ordinal());
    }

    GgufBytes array(GgufValueType type, long size) {
        return i32(type.ordinal()).i64(size);
    }

    /** The entry of a tensor; the dimensions as the file has them. */
    GgufBytes tensor(String name, int type, long offset, long... dimensions) {
        text(name).i32(dimensions.length);
        for (long dimension : dimensions) {
            i64(dimension);
        }
        return i32(type).i64(offset);
    }

    /** Zeros up to a multiple of the alignment, then data. */
    GgufBytes data(int alignment, int bytes) {
        while (out.size() % alignment != 0) {
            out.write(0);
        }
        out.writeBytes(new byte[bytes]);
        return this;
    }

    byte[] bytes() {
        return out.toByteArray();
    }
}
