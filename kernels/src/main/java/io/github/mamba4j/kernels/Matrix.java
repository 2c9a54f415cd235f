package io.github.mamba4j.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * A matrix of weights, read in place from where it is stored: usually a mapped file. Row-major, {@code [rows, cols]};
 * for a linear layer that is {@code [out, in]}. The segment need not be aligned.
 *
 * <p>Immutable, and safe to share between threads as long as the segment is alive and is not written.
 *
 * @param data exactly {@code rows * cols} elements of {@code dtype}, little-endian
 * @param dtype the stored format: F32, F16 or BF16
 * @param rows the number of rows, at least 1
 * @param cols the number of columns, at least 1
 */
public record Matrix(MemorySegment data, DType dtype, int rows, int cols) {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * Checks that the data has the size that the shape and the format ask for.
     *
     * @throws IllegalArgumentException if it does not, or if the format is not one the kernels multiply by
     */
    public Matrix {
        Objects.requireNonNull(data, "data");
        if (!dtype.isMatrixFormat()) {
            throw new IllegalArgumentException("a matrix of weights is F32, F16 or BF16, not " + dtype);
        }
        if (rows < 1 || cols < 1) {
            throw new IllegalArgumentException("a matrix of weights has rows and columns, not " + rows + " x " + cols);
        }
        long bytes = (long) rows * cols * dtype.bytes();
        if (data.byteSize() != bytes) {
            throw new IllegalArgumentException(
                    rows + " x " + cols + " " + dtype + " are " + bytes + " bytes, not " + data.byteSize());
        }
    }

    /**
     * A float32 matrix over an array.
     *
     * @param values row-major values; not copied
     * @param rows the number of rows
     * @param cols the number of columns
     * @return the matrix
     */
    public static Matrix of(float[] values, int rows, int cols) {
        return new Matrix(MemorySegment.ofArray(values), DType.F32, rows, cols);
    }

    /**
     * The offset of a row in the data.
     *
     * @param row the row
     * @return the offset of its first element, in bytes
     */
    public long rowOffset(int row) {
        return (long) row * cols * dtype.bytes();
    }

    /**
     * One element, widened to float32 (exact for every format).
     *
     * @param row the row
     * @param col the column
     * @return the value
     */
    public float get(int row, int col) {
        Objects.checkIndex(col, cols);
        long offset = rowOffset(row) + (long) col * dtype.bytes();
        return switch (dtype) {
            case F32 -> data.get(F32, offset);
            case F16 -> Float.float16ToFloat(data.get(I16, offset));
            case BF16 -> DType.bf16ToFloat(data.get(I16, offset));
            default -> throw new AssertionError(dtype);
        };
    }
}
