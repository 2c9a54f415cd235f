package io.github.mamba4j.weights.file;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;

/**
 * A tensor as it lies in a file: row-major, little-endian, not copied and not necessarily aligned.
 *
 * <p>Immutable, and safe to share between threads until the file it belongs to is closed; then every use of the data
 * fails with an {@link IllegalStateException}.
 *
 * @param name the full name, such as {@code backbone.norm_f.weight}
 * @param type the stored type
 * @param shape the sizes, outermost first; empty for a single value
 * @param data exactly {@code type.byteSize(shape)} bytes
 */
public record Tensor(String name, StoredType type, List<Long> shape, MemorySegment data) {
    private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /**
     * Checks that data and shape agree.
     *
     * @throws IllegalArgumentException if a size is negative, or the data is not as long as the shape says
     */
    public Tensor {
        Objects.requireNonNull(name, "name");
        shape = List.copyOf(shape);
        long bytes = type.byteSize(shape);
        if (bytes != data.byteSize()) {
            throw new IllegalArgumentException("tensor '" + name + "': expected "
                    + (bytes < 0 ? "sizes that fit a file" : bytes + " bytes") + " for " + type + " " + shape
                    + ", found " + data.byteSize() + " bytes");
        }
    }

    /**
     * A tensor of a format that can be computed with.
     *
     * @param name the full name
     * @param dtype the stored format
     * @param shape the sizes
     * @param data the elements
     * @throws IllegalArgumentException if a size is negative, or the data is not as long as the shape says
     */
    public Tensor(String name, DType dtype, List<Long> shape, MemorySegment data) {
        this(name, StoredType.of(dtype), shape, data);
    }

    /**
     * The number of elements.
     *
     * @return the product of the shape; 1 for a single value
     */
    public long elementCount() {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }

    /**
     * Copies the values, widened or (from F64) rounded to float32.
     *
     * @return the values, row-major
     * @throws IllegalArgumentException if the type is not F64, F32, F16 or BF16, or there are more values than an array
     *     can hold
     * @throws ArithmeticException if a finite value of F64 is too large for float32
     */
    public float[] toFloats() {
        float[] values = new float[arrayLength()];
        switch (type) {
            case F32 -> MemorySegment.copy(data, F32, 0, values, 0, values.length);
            case F64 -> {
                for (int i = 0; i < values.length; i++) {
                    double value = data.get(F64, 8L * i);
                    values[i] = (float) value;
                    if (Float.isInfinite(values[i]) && !Double.isInfinite(value)) {
                        throw new ArithmeticException("a value is too large for F32");
                    }
                }
            }
            case F16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = Float.float16ToFloat(data.get(I16, 2L * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = DType.bf16ToFloat(data.get(I16, 2L * i));
                }
            }
            default -> throw unexpected("F64, F32, F16 or BF16");
        }
        return values;
    }

    /**
     * Copies integers, widened to 64 bits.
     *
     * @return the values, row-major
     * @throws IllegalArgumentException if the type is not I64, I32, I16, I8, U8 or BOOL, or there are more values than an
     *     array can hold
     */
    public long[] toLongs() {
        if (!isInteger()) {
            throw unexpected("integers");
        }
        long[] values = new long[arrayLength()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case I64 -> data.get(I64, 8L * i);
                case I32 -> data.get(I32, 4L * i);
                case I16 -> data.get(I16, 2L * i);
                case I8 -> data.get(ValueLayout.JAVA_BYTE, i);
                case U8, BOOL -> Byte.toUnsignedLong(data.get(ValueLayout.JAVA_BYTE, i));
                default -> throw unexpected("integers");
            };
        }
        return values;
    }

    /**
     * The tensor as a matrix of weights, in place.
     *
     * @return a matrix over the same memory, with the first two sizes of the shape
     * @throws IllegalArgumentException if the format is not F32, F16 or BF16, or the shape is not two sizes of at least
     *     1 followed by ones
     */
    public Matrix toMatrix() {
        DType dtype = type.dtype().filter(DType::isMatrixFormat).orElseThrow(() -> unexpected("F32, F16 or BF16"));
        boolean flat = shape.size() >= 2 && shape.stream().skip(2).allMatch(size -> size == 1);
        if (!flat || shape.get(0) < 1 || shape.get(0) > Integer.MAX_VALUE || shape.get(1) < 1
                || shape.get(1) > Integer.MAX_VALUE) {
            throw unexpected("a matrix");
        }
        return new Matrix(data, dtype, shape.get(0).intValue(), shape.get(1).intValue());
    }

    private boolean isInteger() {
        return switch (type) {
            case I64, I32, I16, I8, U8, BOOL -> true;
            default -> false;
        };
    }

    private int arrayLength() {
        // Some JVMs cannot make an array of exactly MAX_VALUE elements.
        if (elementCount() > Integer.MAX_VALUE - 8) {
            throw unexpected("fewer values than an array holds");
        }
        return (int) elementCount();
    }

    private IllegalArgumentException unexpected(String expected) {
        return new IllegalArgumentException(
                "tensor '" + name + "': expected " + expected + ", found " + type + " " + shape);
    }
}
