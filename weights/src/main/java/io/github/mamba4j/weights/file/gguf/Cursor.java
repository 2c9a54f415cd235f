package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.weights.CheckpointException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * A place in a mapped file. Whatever is read is checked against what is left of the file first, with {@code what} it was
 * to be named in the message.
 */
final class Cursor {
    static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Arrays of arrays of arrays: nobody writes more. */
    private static final int MAX_DEPTH = 4;

    private final String location;
    private final MemorySegment file;
    private final long limit;
    private long at;

    /**
     * A place.
     *
     * @param location the file, for messages
     * @param file its content
     * @param at where to begin
     * @param limit where reading ends at the latest
     */
    Cursor(String location, MemorySegment file, long at, long limit) {
        this.location = location;
        this.file = file;
        this.at = at;
        this.limit = limit;
    }

    long at() {
        return at;
    }

    CheckpointException wrong(String what, String expected, Object found) {
        return new CheckpointException(location + ": " + what + ": expected " + expected + ", found " + found);
    }

    int i32(String what) throws CheckpointException {
        return file.get(I32, take(Integer.BYTES, what));
    }

    long i64(String what) throws CheckpointException {
        return file.get(I64, take(Long.BYTES, what));
    }

    /** Passes over bytes and returns where they begin. */
    long take(long bytes, String what) throws CheckpointException {
        if (bytes > limit - at) {
            throw wrong(what, bytes + " bytes at " + at, "the end of the "
                    + (limit < file.byteSize() ? "first " + limit + " bytes, which may hold the header" : "file"));
        }
        long begin = at;
        at += bytes;
        return begin;
    }

    /**
     * Reads how many things follow.
     *
     * @param leastBytes what each of them takes at least
     * @param most the largest number that is accepted
     */
    long count(long leastBytes, long most, String what) throws CheckpointException {
        long count = i64(what);
        long room = Math.min(most, (limit - at) / leastBytes);
        if (count < 0 || count > room) {
            throw wrong(what, "a length of at most " + room + " at byte " + (at - Long.BYTES),
                    Long.toUnsignedString(count));
        }
        return count;
    }

    /** Reads a string that is not longer than {@code most} bytes. */
    String string(long most, String what) throws CheckpointException {
        int length = (int) count(1, most, what);
        return decode(take(length, what), length, what);
    }

    private String decode(long begin, int length, String what) throws CheckpointException {
        ByteBuffer bytes = file.asSlice(begin, length).asByteBuffer();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(location + ": " + what + ": expected UTF-8, found other bytes in the "
                    + length + " from byte " + begin + " on", e);
        }
    }

    GgufValueType valueType(String what) throws CheckpointException {
        int number = i32(what);
        GgufValueType type = GgufValueType.of(number);
        if (type == null) {
            throw wrong(what, "a type from 0 to 12", Integer.toUnsignedString(number));
        }
        return type;
    }

    /** Passes over a value and checks all of it. */
    void skip(GgufValueType type, String what) throws CheckpointException {
        skip(type, 1, 0, what);
    }

    /** Passes over values of the same type. */
    void skip(GgufValueType type, long count, int depth, String what) throws CheckpointException {
        if (type == GgufValueType.BOOL) {
            long begin = take(count, what);
            for (long i = begin; i < at; i++) {
                byte value = file.get(ValueLayout.JAVA_BYTE, i);
                if (value < 0 || value > 1) {
                    throw wrong(what, "0 or 1", value & 0xff);
                }
            }
        } else if (type.bytes() > 0) {
            take(count * type.bytes(), what);
        } else if (type == GgufValueType.STRING) {
            for (long i = 0; i < count; i++) {
                take(count(1, Long.MAX_VALUE, what), what);
            }
        } else {
            if (depth == MAX_DEPTH) {
                throw wrong(what, "arrays nested " + MAX_DEPTH + " deep at most", "more");
            }
            for (long i = 0; i < count; i++) {
                GgufValueType inner = valueType(what);
                skip(inner, count(inner.leastBytes(), Long.MAX_VALUE, what), depth + 1, what);
            }
        }
    }
}
