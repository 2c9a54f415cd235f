package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * An array in the metadata of a GGUF file, read from the mapped file when it is asked for: a vocabulary of 250,000 tokens
 * takes no memory until then.
 *
 * <p>Thread-safe. After the file is closed, reading fails with an {@link IllegalStateException}.
 */
public final class GgufArray {
    /** The longest text that is made of an element. */
    private static final long MAX_STRING = 1 << 16;

    private final String location;
    private final String what;
    private final MemorySegment file;
    private final GgufValueType type;
    private final long size;
    private final long begin;

    /** An array whose elements have been checked; {@code begin} is where they begin. */
    GgufArray(String location, String what, MemorySegment file, GgufValueType type, long size, long begin) {
        this.location = location;
        this.what = what;
        this.file = file;
        this.type = type;
        this.size = size;
        this.begin = begin;
    }

    /** What is done with each string of an array. */
    @FunctionalInterface
    public interface StringConsumer {
        /**
         * Takes a string.
         *
         * @param index its index
         * @param value the string
         * @throws IOException if it cannot be used
         */
        void accept(int index, String value) throws IOException;
    }

    /**
     * The type of the elements.
     *
     * @return the type
     */
    public GgufValueType type() {
        return type;
    }

    /**
     * The number of elements.
     *
     * @return the number
     */
    public long size() {
        return size;
    }

    /**
     * An element that is a whole number.
     *
     * @param index its index
     * @return the number
     * @throws CheckpointException if the elements are of another type, or the number is 2^63 or more
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public long integer(long index) throws CheckpointException {
        return Values.integer(file, type, offset(index), this::wrong);
    }

    /**
     * An element that is a number.
     *
     * @param index its index
     * @return the number, rounded to the nearest float64 if need be
     * @throws CheckpointException if the elements are of another type
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public double number(long index) throws CheckpointException {
        return Values.number(file, type, offset(index), this::wrong);
    }

    /**
     * An element that is a truth value.
     *
     * @param index its index
     * @return the value
     * @throws CheckpointException if the elements are of another type
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public boolean bool(long index) throws CheckpointException {
        if (type != GgufValueType.BOOL) {
            throw wrong("truth values");
        }
        return file.get(ValueLayout.JAVA_BYTE, offset(index)) != 0;
    }

    /**
     * Goes through the strings.
     *
     * @param consumer takes each, in order
     * @throws CheckpointException if the elements are of another type, are no UTF-8, or are longer than 64 KiB
     * @throws IOException what the consumer throws
     */
    public void forEachString(StringConsumer consumer) throws IOException {
        if (type != GgufValueType.STRING) {
            throw wrong("strings");
        }
        var cursor = new Cursor(location, file, begin, file.byteSize());
        for (long i = 0; i < size; i++) {
            consumer.accept(Math.toIntExact(i), cursor.string(MAX_STRING, what));
        }
    }

    /**
     * An element that is an array; found by passing over those before it.
     *
     * @param index its index
     * @return the array
     * @throws CheckpointException if the elements are of another type
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public GgufArray array(long index) throws CheckpointException {
        if (type != GgufValueType.ARRAY) {
            throw wrong("arrays");
        }
        Objects.checkIndex(index, size);
        var cursor = new Cursor(location, file, begin, file.byteSize());
        cursor.skip(GgufValueType.ARRAY, index, 0, what);
        return Values.array(location, what + "[" + index + "]", file, cursor.at());
    }

    private long offset(long index) {
        Objects.checkIndex(index, size);
        return begin + index * type.bytes();
    }

    private CheckpointException wrong(String expected) {
        return new CheckpointException(
                location + ": " + what + ": expected an array of " + expected + ", found one of " + type);
    }

    /** The type and size, for people. */
    @Override
    public String toString() {
        return size + " x " + type;
    }
}
