package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.Rows;
import io.github.mamba4j.kernels.math.VectorRows;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The product of one row of activations and a matrix, as a decoding step needs it: every weight is read once, straight
 * from where it is stored. Here a vector holds a whole group of 16; {@link OneRow256} is for narrower ones.
 *
 * <p>The outputs are cut into eight stretches, and a row of each is in flight at a time. So memory is read in eight
 * streams, each of which goes on where it left off from one row to the next: prefetchers follow them without a pause.
 * (Eight neighbouring rows would be streams that end every few kilobytes, several in one page.)
 */
final class OneRow512 {
    /** Rows of weights in flight. */
    static final int BATCH = Fold.BATCH;
    /** Rows of each stream that are multiplied in one call. */
    static final int ROWS = OneRow512Halves.ROWS;
    private static final int LANES = DotProduct.LANES;

    private OneRow512() {}

    /**
     * One row of {@link Linear#matmul}; the arguments are checked.
     *
     * @return whether it could be done: not in F16 with weights that are not finite, or activations that 2^16 times as large
     * are not. Some of the outputs may have been written then
     */
    static boolean multiply(Matrix w, int outFrom, int outTo, float[] x, int xAt, float[] y, int yAt,
            VectorScratch scratch) {
        if (w.dtype() == DType.F16 && !enlarge(x, xAt, w.cols() - w.cols() % LANES, scratch.stage)) {
            return false;
        }
        float[] folded = scratch.folded;
        int length = (outTo - outFrom) / BATCH;
        int most = w.cols() % LANES == 0 && w.dtype() != DType.F32 ? ROWS : 1;
        for (int o = outFrom; o < outFrom + length; o += most) {
            int rows = Math.min(most, outFrom + length - o);
            if (!sums(w, o, length, BATCH, rows, x, xAt, scratch)) {
                return false;
            }
            Fold.fold(scratch.sums, VectorScratch.FIRST_SUM, rows * BATCH, folded);
            for (int r = 0; r < rows; r++) {
                for (int i = 0; i < BATCH; i++) {
                    y[yAt + o + r + i * length] = folded[r * BATCH + i];
                }
            }
        }
        int rest = outFrom + BATCH * length;
        if (rest < outTo) {
            if (!sums(w, rest, 1, outTo - rest, 1, x, xAt, scratch)) {
                return false;
            }
            Fold.fold(scratch.sums, VectorScratch.FIRST_SUM, BATCH, folded);
            System.arraycopy(folded, 0, y, yAt + rest, outTo - rest);
        }
        return true;
    }

    /** Prepares whole groups of activations for F16; not if there are too many, or some become infinite. */
    private static boolean enlarge(float[] x, int xAt, int cols, float[] to) {
        return cols <= to.length && VectorRows.scaleFinite(x, xAt, OneRow512Halves.F16_SCALE, to, cols);
    }

    /**
     * The partial sums of up to eight outputs, {@code distance} rows of weights apart, and of those that follow each in the
     * next rows. Where there are fewer than eight, the last is computed again in their place.
     *
     * @return whether they could be computed
     */
    private static boolean sums(Matrix w, int firstRow, int distance, int count, int rows, float[] x, int xAt,
            VectorScratch scratch) {
        float[] sums = scratch.sums;
        int groups = w.cols() / LANES;
        if (groups == 0) {
            Arrays.fill(sums, VectorScratch.FIRST_SUM, VectorScratch.FIRST_SUM + BATCH * LANES, 0f);
        } else if (!rows(w, firstRow, distance, count - 1, x, xAt, groups, rows, scratch)) {
            return false;
        }
        if (w.cols() % LANES != 0) {
            tail(w, firstRow, distance, count, groups * LANES, x, xAt, sums, VectorScratch.FIRST_SUM);
        }
        return true;
    }

    private static boolean rows(Matrix w, int firstRow, int distance, int last, float[] x, int xAt, int groups,
            int rows, VectorScratch scratch) {
        float[] sums = scratch.sums;
        long stretch = w.rowOffset(distance);
        long at = w.rowOffset(firstRow);
        int out = VectorScratch.FIRST_SUM;
        switch (w.dtype()) {
            case F32 -> rowsF32(w.data(), at, stretch, last, x, xAt, groups, sums, 0, out);
            case BF16 -> OneRow512Halves.rowsBf16(w.data(), at, stretch, last, x, xAt, groups, rows, sums, 0, out);
            case F16 -> {
                return OneRow512Halves.rowsF16(w.data(), at, stretch, last, scratch.stage, 0, groups, rows, sums, 0,
                        out);
            }
            default -> throw new AssertionError(w.dtype());
        }
        return true;
    }

    /** The elements after the last whole group, and the zeros that fill theirs. */
    static void tail(Matrix w, int firstRow, int distance, int count, int firstCol, float[] x, int xAt, float[] sums,
            int out) {
        for (int i = 0; i < count; i++) {
            for (int k = firstCol; k < firstCol + LANES; k++) {
                int at = out + i * LANES + k - firstCol;
                boolean inside = k < w.cols();
                sums[at] = Math.fma(inside ? w.get(firstRow + i * distance, k) : 0f, inside ? x[xAt + k] : 0f,
                        sums[at]);
            }
        }
    }

    /** Float32 rows as they are, one of each stream. */
    private static void rowsF32(MemorySegment w, long at, long stretch, int last, float[] x, int xAt, int groups,
            float[] sums, int in, int out) {
        w.isNative(); // for the compiler: see PanamaKernels
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, in + 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, in + 16);
        FloatVector a2 = FloatVector.fromArray(FLOATS, sums, in + 32);
        FloatVector a3 = FloatVector.fromArray(FLOATS, sums, in + 48);
        FloatVector a4 = FloatVector.fromArray(FLOATS, sums, in + 64);
        FloatVector a5 = FloatVector.fromArray(FLOATS, sums, in + 80);
        FloatVector a6 = FloatVector.fromArray(FLOATS, sums, in + 96);
        FloatVector a7 = FloatVector.fromArray(FLOATS, sums, in + 112);
        long w0 = at;
        long w1 = at + Math.min(1, last) * stretch;
        long w2 = at + Math.min(2, last) * stretch;
        long w3 = at + Math.min(3, last) * stretch;
        long w4 = at + Math.min(4, last) * stretch;
        long w5 = at + Math.min(5, last) * stretch;
        long w6 = at + Math.min(6, last) * stretch;
        long w7 = at + Math.min(7, last) * stretch;
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 6;
            FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + (g << 4));
            a0 = FloatVector.fromMemorySegment(FLOATS, w, w0 + k, LITTLE_ENDIAN).fma(v, a0);
            a1 = FloatVector.fromMemorySegment(FLOATS, w, w1 + k, LITTLE_ENDIAN).fma(v, a1);
            a2 = FloatVector.fromMemorySegment(FLOATS, w, w2 + k, LITTLE_ENDIAN).fma(v, a2);
            a3 = FloatVector.fromMemorySegment(FLOATS, w, w3 + k, LITTLE_ENDIAN).fma(v, a3);
            a4 = FloatVector.fromMemorySegment(FLOATS, w, w4 + k, LITTLE_ENDIAN).fma(v, a4);
            a5 = FloatVector.fromMemorySegment(FLOATS, w, w5 + k, LITTLE_ENDIAN).fma(v, a5);
            a6 = FloatVector.fromMemorySegment(FLOATS, w, w6 + k, LITTLE_ENDIAN).fma(v, a6);
            a7 = FloatVector.fromMemorySegment(FLOATS, w, w7 + k, LITTLE_ENDIAN).fma(v, a7);
        }
        a0.intoArray(sums, out + 0);
        a1.intoArray(sums, out + 16);
        a2.intoArray(sums, out + 32);
        a3.intoArray(sums, out + 48);
        a4.intoArray(sums, out + 64);
        a5.intoArray(sums, out + 80);
        a6.intoArray(sums, out + 96);
        a7.intoArray(sums, out + 112);
    }
}
