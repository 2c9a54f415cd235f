package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A product of activations and a matrix of weights. There are many matrices of the same shape, and every operation takes
 * the next: in a model, too, a matrix has left the caches by the time it is needed again. Not thread-safe.
 */
final class MatmulCase implements AutoCloseable {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int SAMPLES = 64;

    final List<Matrix> weights = new ArrayList<>();
    /** {@code [rows, in]}. */
    final Activations x;
    private final Arena arena = Arena.ofShared();
    private int next;

    /**
     * Makes random weights and activations.
     *
     * @param config the model's dimensions
     * @param projection which of its matrices
     * @param dtype the matrices' format
     * @param rows the rows of activations
     * @param megabytes the size of all matrices together, at least; there is one in any case
     */
    MatmulCase(Dimensions config, Projection projection, DType dtype, int rows, int megabytes) {
        int outputs = projection.outputs(config);
        int inputs = projection.inputs(config);
        long bytes = (long) outputs * inputs * dtype.bytes();
        SplittableRandom random = new SplittableRandom(1);
        MemorySegment first = arena.allocate(bytes, 64);
        fill(first, dtype, random, (float) Math.sqrt(3.0 / inputs));
        weights.add(new Matrix(first, dtype, outputs, inputs));
        while (weights.size() * bytes < megabytes * 1_000_000L) {
            weights.add(new Matrix(arena.allocate(bytes, 64).copyFrom(first), dtype, outputs, inputs));
        }
        x = Activations.allocate(rows, inputs);
        for (int i = 0; i < x.data().length; i++) {
            x.data()[i] = random.nextFloat(-1, 1);
        }
    }

    private static void fill(MemorySegment data, DType dtype, SplittableRandom random, float limit) {
        for (long at = 0; at < data.byteSize(); at += dtype.bytes()) {
            float value = random.nextFloat(-limit, limit);
            switch (dtype) {
                case F32 -> data.set(F32, at, value);
                case F16 -> data.set(I16, at, Float.floatToFloat16(value));
                case BF16 -> data.set(I16, at, (short) (Float.floatToRawIntBits(value) >>> 16));
                default -> throw new IllegalArgumentException("no matrix of weights is " + dtype);
            }
        }
    }

    /** The number of the matrix to multiply by next. */
    int next() {
        next = next + 1 < weights.size() ? next + 1 : 0;
        return next;
    }

    int outputs() {
        return weights.getFirst().rows();
    }

    int inputs() {
        return weights.getFirst().cols();
    }

    /** Bytes of one matrix. */
    long bytes() {
        return weights.getFirst().data().byteSize();
    }

    /** Operations of one product: two for each weight and row. */
    long operations() {
        return 2L * outputs() * inputs() * x.rows();
    }

    /**
     * Compares a sample of a result, first and last of rows and outputs among it, with the definition.
     *
     * @param y {@code [rows, out]}
     * @param tolerance the largest difference there may be
     * @throws IllegalStateException if there is a larger one
     */
    void check(float[] y, float tolerance) {
        var reference = KernelChoice.SCALAR.load();
        var scratch = new Scratch();
        Activations expected = Activations.allocate(x.rows(), 1);
        Matrix w = weights.getFirst();
        for (int i = 0; i < SAMPLES; i++) {
            int output = (int) ((long) (outputs() - 1) * i / (SAMPLES - 1));
            MemorySegment row = w.data().asSlice(w.rowOffset(output), w.rowOffset(1));
            int r = (int) ((long) (x.rows() - 1) * i / (SAMPLES - 1));
            reference.linear().matmul(new Matrix(row, w.dtype(), 1, w.cols()), 0, 1, x, 0, expected, 0, r, 1, scratch);
            Checks.requireEqual("row " + r + ", output " + output, expected.data()[r], y[r * outputs() + output],
                    tolerance);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
