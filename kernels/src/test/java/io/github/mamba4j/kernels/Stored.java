package io.github.mamba4j.kernels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Matrices of weights as they may lie in memory: in native or heap memory or a mapped file, at any address. */
public final class Stored {
    /** Where the bytes of a matrix lie. */
    public enum Place {
        NATIVE, NATIVE_1, NATIVE_2, NATIVE_3, HEAP_BYTES, HEAP_BYTES_1, HEAP_BYTES_3, HEAP_OF_ELEMENTS
    }

    public static final DType[] FORMATS = {DType.F32, DType.F16, DType.BF16};

    private Stored() {}

    /** A matrix of normally distributed weights; F16 and BF16 hold them rounded. */
    public static Matrix normal(Values v, DType dtype, int rows, int cols, Place place) {
        float[] x = v.normal(Math.multiplyExact(rows, cols));
        return of(encode(x, dtype), dtype, rows, cols, place);
    }

    /** A matrix of random bits: every kind of number the format knows. */
    public static Matrix anyBits(Values v, DType dtype, int rows, int cols, Place place) {
        return of(v.bytes(rows * cols * dtype.bytes()), dtype, rows, cols, place);
    }

    /** All finite numbers of F16, {@code cols} in a row. */
    public static Matrix everyFiniteF16(int cols, Place place) {
        float[] finite = new float[2 * 0x7c00];
        for (int i = 0; i < finite.length; i++) {
            finite[i] = Float.float16ToFloat((short) (i / 2 | i % 2 << 15));
        }
        return of(encode(finite, DType.F16), DType.F16, finite.length / cols, cols, place);
    }

    public static byte[] encode(float[] x, DType dtype) {
        byte[] bytes = new byte[x.length * dtype.bytes()];
        MemorySegment s = MemorySegment.ofArray(bytes);
        for (int i = 0; i < x.length; i++) {
            switch (dtype) {
                case F32 -> s.set(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 4L * i, x[i]);
                case F16 -> putShort(s, i, Float.floatToFloat16(x[i]));
                case BF16 -> putShort(s, i, (short) (Float.floatToRawIntBits(x[i]) >> 16));
                default -> throw new AssertionError(dtype);
            }
        }
        return bytes;
    }

    private static void putShort(MemorySegment s, int i, short value) {
        s.set(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 2L * i, value);
    }

    public static Matrix of(byte[] bytes, DType dtype, int rows, int cols, Place place) {
        return new Matrix(switch (place) {
            case NATIVE -> nativeMemory(bytes, 0);
            case NATIVE_1 -> nativeMemory(bytes, 1);
            case NATIVE_2 -> nativeMemory(bytes, 2);
            case NATIVE_3 -> nativeMemory(bytes, 3);
            case HEAP_BYTES -> MemorySegment.ofArray(bytes);
            case HEAP_BYTES_1 -> heap(bytes, 1);
            case HEAP_BYTES_3 -> heap(bytes, 3);
            case HEAP_OF_ELEMENTS -> elements(bytes, dtype);
        }, dtype, rows, cols);
    }

    /** The slice ends where the matrix ends, so that reading on is an error and not luck. */
    private static MemorySegment nativeMemory(byte[] bytes, int offset) {
        MemorySegment s = Arena.ofAuto().allocate(bytes.length + offset, 64).asSlice(offset);
        return s.copyFrom(MemorySegment.ofArray(bytes));
    }

    private static MemorySegment heap(byte[] bytes, int offset) {
        MemorySegment s = MemorySegment.ofArray(new byte[bytes.length + offset]).asSlice(offset);
        return s.copyFrom(MemorySegment.ofArray(bytes));
    }

    private static MemorySegment elements(byte[] bytes, DType dtype) {
        MemorySegment s = dtype == DType.F32
                ? MemorySegment.ofArray(new float[bytes.length / 4])
                : MemorySegment.ofArray(new short[bytes.length / 2]);
        return s.copyFrom(MemorySegment.ofArray(bytes));
    }

    /** A matrix in a mapped file, after a header of some bytes. */
    public static Matrix mapped(byte[] bytes, DType dtype, int rows, int cols, Path file, int header, Arena arena) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            MemorySegment s = channel.map(FileChannel.MapMode.READ_WRITE, 0, header + bytes.length, arena)
                    .asSlice(header);
            return new Matrix(s.copyFrom(MemorySegment.ofArray(bytes)).asReadOnly(), dtype, rows, cols);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
