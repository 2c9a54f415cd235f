package io.github.mamba4j.weights.file.torch;

import io.github.mamba4j.weights.CheckpointException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, read front to back; reading beyond the end is an error that says so. */
final class PickleBytes {
    /** The longest string that can be a name. */
    static final int MAX_STRING = 1 << 16;

    private final String location;
    private final byte[] bytes;
    private int position;

    PickleBytes(String location, byte[] bytes) {
        this.location = location;
        this.bytes = bytes;
    }

    int position() {
        return position;
    }

    int u8() throws CheckpointException {
        return Byte.toUnsignedInt(bytes[skip(1)]);
    }

    int u16() throws CheckpointException {
        int at = skip(2);
        return Byte.toUnsignedInt(bytes[at]) | Byte.toUnsignedInt(bytes[at + 1]) << 8;
    }

    long u32() throws CheckpointException {
        return u16() | (long) u16() << 16;
    }

    /** A two's complement number, little-endian, of at most 8 bytes; no bytes are zero. */
    long signed(int length) throws CheckpointException {
        int at = skip(length);
        long value = 0;
        for (int i = length - 1; i >= 0; i--) {
            // The first byte that is taken, the last in the file, brings the sign.
            value = i == length - 1 ? bytes[at + i] : value << 8 | Byte.toUnsignedLong(bytes[at + i]);
        }
        return value;
    }

    String string(int length) throws CheckpointException {
        int at = skip(length);
        return decode(at, length);
    }

    /** The bytes up to the next line feed, which is skipped. */
    String line() throws CheckpointException {
        int at = position;
        while (u8() != '\n') {
            if (position - at > MAX_STRING) {
                throw malformed("a name of at most " + MAX_STRING + " bytes", "more");
            }
        }
        return decode(at, position - 1 - at);
    }

    /** Goes on by some bytes and returns where they begin. */
    int skip(long length) throws CheckpointException {
        if (length > bytes.length - position) {
            throw malformed(length + " more bytes", (bytes.length - position) + " (it is truncated)");
        }
        int from = position;
        position += (int) length;
        return from;
    }

    /** An opcode for a message: its number, and the letter that it is known by. */
    static String show(int opcode) {
        String number = "0x%02x".formatted(opcode);
        return opcode > ' ' && opcode < 0x7f ? number + " '" + (char) opcode + "'" : number;
    }

    private String decode(int from, int length) throws CheckpointException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length)).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(location + ": pickle, byte " + from + ": expected UTF-8, found other bytes",
                    e);
        }
    }

    private CheckpointException malformed(String expected, String found) {
        return new CheckpointException(
                location + ": pickle, byte " + position + ": expected " + expected + ", found " + found);
    }
}
