package io.github.mamba4j.weights.bind;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.file.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Stores matrices in another format. A value that the format does not have is rounded to the nearest one, to the even
 * one of two that are as near. A value too large for the format is refused: an infinite weight makes nonsense of everything.
 */
final class Conversion {
    /** Enough that two lines of a cache are never shared between matrices, and that vector loads are aligned. */
    private static final long ALIGNMENT = 64;
    /** Half a step above the largest number, 65504: from here on, values are rounded to infinity. */
    private static final float TOO_LARGE_FOR_F16 = 65520;
    /** The same for BF16, whose largest number is the upper half of the largest float32. */
    private static final float TOO_LARGE_FOR_BF16 = Float.intBitsToFloat(0x7F7F_8000);

    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Conversion() {}

    /**
     * A matrix in the wanted format: the tensor in place if it has that format, else a copy.
     *
     * @param tensor {@code [rows, cols]} of F64, F32, F16 or BF16
     * @param wanted F32, F16 or BF16
     * @param arena where a copy lives
     * @throws ArithmeticException if a finite value would become infinite in the wanted format
     */
    static Matrix convert(Tensor tensor, DType wanted, Arena arena) {
        DType stored = tensor.type().dtype().orElseThrow();
        if (stored == wanted) {
            return tensor.toMatrix();
        }
        List<Long> shape = tensor.shape();
        int rows = Math.toIntExact(shape.get(0));
        int cols = Math.toIntExact(shape.get(1));
        MemorySegment copy = allocate(arena, (long) rows * cols * wanted.bytes());
        long from = (long) cols * stored.bytes();
        long to = (long) cols * wanted.bytes();
        boolean fits = IntStream.range(0, rows).parallel().allMatch(r -> {
            MemorySegment data = tensor.data().asSlice(r * from, from);
            try {
                float[] row = new Tensor(tensor.name(), stored, List.of((long) cols), data).toFloats();
                store(row, copy, wanted, r * to);
                return fits(row, wanted);
            } catch (ArithmeticException e) {
                // Not even F32. Thrown from here it could lose its message on the way from thread to thread.
                return false;
            }
        });
        if (!fits) {
            throw new ArithmeticException("a value is too large for " + wanted);
        }
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

    private static boolean fits(float[] values, DType format) {
        float tooLarge = switch (format) {
            case F16 -> TOO_LARGE_FOR_F16;
            case BF16 -> TOO_LARGE_FOR_BF16;
            default -> Float.POSITIVE_INFINITY;
        };
        for (float value : values) {
            if (Math.abs(value) >= tooLarge && Float.isFinite(value)) {
                return false;
            }
        }
        return true;
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
