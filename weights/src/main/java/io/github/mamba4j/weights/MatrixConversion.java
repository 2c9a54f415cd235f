package io.github.mamba4j.weights;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Stores matrices in another format. A value that the format does not have is rounded to the nearest one, to the even
 * one of two that are as near; what is too large becomes infinite, as in IEEE 754.
 */
final class MatrixConversion {
    /** Enough that two lines of a cache are never shared between matrices, and that vector loads are aligned. */
    private static final long ALIGNMENT = 64;

    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private MatrixConversion() {}

    /**
     * A matrix in the wanted format: the tensor in place if it has that format, else a copy.
     *
     * @param tensor {@code [rows, cols]} of F64, F32, F16 or BF16
     * @param wanted F32, F16 or BF16
     * @param arena where a copy lives
     */
    static Matrix convert(Tensor tensor, DType wanted, Arena arena) {
        if (tensor.dtype() == wanted) {
            return tensor.toMatrix();
        }
        List<Long> shape = tensor.shape();
        int rows = Math.toIntExact(shape.get(0));
        int cols = Math.toIntExact(shape.get(1));
        MemorySegment copy = allocate(arena, (long) rows * cols * wanted.bytes());
        IntStream.range(0, rows).parallel().forEach(r -> {
            float[] row = new Tensor("", tensor.dtype(), List.of((long) cols), tensor.data()
                    .asSlice((long) r * cols * tensor.dtype().bytes(), (long) cols * tensor.dtype().bytes()))
                    .toFloats();
            store(row, copy, wanted, (long) r * cols * wanted.bytes());
        });
        return new Matrix(copy, wanted, rows, cols);
    }

    /** Memory for a matrix, not in the heap. */
    static MemorySegment allocate(Arena arena, long bytes) {
        return arena.allocate(bytes, ALIGNMENT);
    }

    /**
     * Writes values in a format.
     *
     * @param values the values
     * @param to where to
     * @param format F32, F16 or BF16
     * @param offset the offset of the first value, in bytes
     */
    static void store(float[] values, MemorySegment to, DType format, long offset) {
        switch (format) {
            case F32 -> MemorySegment.copy(values, 0, to, F32, offset, values.length);
            case F16 -> {
                for (int i = 0; i < values.length; i++) {
                    to.set(I16, offset + 2L * i, Float.floatToFloat16(values[i]));
                }
            }
            case BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    to.set(I16, offset + 2L * i, floatToBf16(values[i]));
                }
            }
            default -> throw new IllegalArgumentException("expected F32, F16 or BF16, found " + format);
        }
    }

    /**
     * Rounds to BF16, to nearest even.
     *
     * @param value any float
     * @return its upper 16 bits after rounding; a NaN stays a NaN
     */
    static short floatToBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // The quiet bit, so that a NaN told by its lower bits alone does not become an infinity.
            return (short) ((bits >>> 16) | 0x40);
        }
        // Half of the last place, less a little when the last bit is even: a tie goes to the even one.
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }
}
