package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.VectorWidth.HALVES;
import static io.github.mamba4j.kernels.VectorWidth.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;

/**
 * The product of one row of activations and a matrix, as {@link PanamaMatvec}, where vectors are narrower than the 16 lanes
 * of a sum.
 *
 * <p>Two vectors side by side go through a row of weights at a time. With 256 bits that is all of a sum's lanes, so that
 * whole cache lines are read, one after another; lane by lane, memory would rest while the other half of each line is read
 * from the cache. With 128 bits it is half of the lanes, and the second half follows while the weights are cached. Two
 * streams are as many as it takes to keep memory busy; with four, each is read less far ahead.
 *
 * <p>F16 has no conversion among the vector operations. It is widened into an array, by a loop for which the compiler has the
 * processor's conversion. That loop needs a good length, and its result has to stay in the first-level cache.
 *
 * <p>Where two vectors hold a sum and rows are whole groups, {@link PanamaMatvecPairs} is faster with BF16 and F16.
 */
final class PanamaMatvecNarrow {
    private static final int BATCH = PanamaFold.BATCH;
    private static final int LANES = ScalarKernels.LANES;
    private static final int WIDTH = VectorWidth.LANES;
    private static final long NEXT_FLOATS = WIDTH * Float.BYTES;
    private static final long NEXT_HALVES = WIDTH * Short.BYTES;
    /** Groups of 16 inputs after which the other half of the lanes takes its turn: weights that stay in the cache. */
    private static final int CACHED_GROUPS = 96;
    /** Groups of F16 that are widened together. */
    private static final int STAGED_GROUPS = 128;
    /** The longest rows of which two are widened together. */
    private static final int SHORT = 768;

    private PanamaMatvecNarrow() {}

    /** One row of {@link Kernels#matmul}; the arguments are checked. */
    static void multiply(Matrix w, int outFrom, int outTo, float[] x, int xAt, float[] y, int yAt,
            PanamaScratch scratch) {
        if (w.dtype() == DType.F16) {
            multiplyF16(w, outFrom, outTo, x, xAt, y, yAt, scratch);
            return;
        }
        int length = (outTo - outFrom + 1) / 2;
        int other = outFrom + length;
        for (int o = outFrom; o < other; o += BATCH / 2) {
            int rows = Math.min(BATCH / 2, other - o);
            for (int r = 0; r < rows; r++) {
                sums(w, o + r, Math.min(o + r + length, outTo - 1), x, xAt, scratch.sums,
                        PanamaScratch.FIRST_SUM + r * 2 * LANES);
            }
            PanamaFold.fold(scratch.sums, PanamaScratch.FIRST_SUM, BATCH, scratch.folded);
            for (int r = 0; r < rows; r++) {
                y[yAt + o + r] = scratch.folded[2 * r];
                if (o + r + length < outTo) {
                    y[yAt + o + r + length] = scratch.folded[2 * r + 1];
                }
            }
        }
    }

    /** The partial sums of two outputs. */
    private static void sums(Matrix w, int row, int otherRow, float[] x, int xAt, float[] sums, int out) {
        int groups = w.cols() / LANES;
        int step = VectorWidth.PARTS == 2 ? groups : CACHED_GROUPS;
        int g = 0;
        do {
            int n = Math.min(step, groups - g);
            for (int lane = 0; lane < LANES; lane += 2 * WIDTH) {
                int k = g * LANES + lane;
                long skipped = (long) k * w.dtype().bytes();
                long at = w.rowOffset(row) + skipped;
                long other = w.rowOffset(otherRow) + skipped;
                int in = g == 0 ? lane : out + lane;
                if (w.dtype() == DType.F32) {
                    rowsF32(w.data(), at, other, x, xAt + k, n, sums, in, out + lane);
                } else {
                    rowsBf16(w.data(), at, other, x, xAt + k, n, sums, in, out + lane);
                }
            }
            g += step;
        } while (g < groups);
        if (w.cols() % LANES != 0) {
            PanamaMatvec.tail(w, row, otherRow - row, 2, groups * LANES, x, xAt, sums, out);
        }
    }

    /** Two rows of float32 as they are, two vectors of each group. */
    private static void rowsF32(MemorySegment w, long at, long other, float[] x, int xAt, int groups, float[] sums,
            int in, int out) {
        w.isNative(); // for the compiler: see PanamaKernels
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, in);
        FloatVector b0 = FloatVector.fromArray(FLOATS, sums, in + WIDTH);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, in + LANES);
        FloatVector b1 = FloatVector.fromArray(FLOATS, sums, in + LANES + WIDTH);
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 6;
            FloatVector u = FloatVector.fromArray(FLOATS, x, xAt + (g << 4));
            FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + (g << 4) + WIDTH);
            a0 = FloatVector.fromMemorySegment(FLOATS, w, at + k, LITTLE_ENDIAN).fma(u, a0);
            b0 = FloatVector.fromMemorySegment(FLOATS, w, at + k + NEXT_FLOATS, LITTLE_ENDIAN).fma(v, b0);
            a1 = FloatVector.fromMemorySegment(FLOATS, w, other + k, LITTLE_ENDIAN).fma(u, a1);
            b1 = FloatVector.fromMemorySegment(FLOATS, w, other + k + NEXT_FLOATS, LITTLE_ENDIAN).fma(v, b1);
        }
        a0.intoArray(sums, out);
        b0.intoArray(sums, out + WIDTH);
        a1.intoArray(sums, out + LANES);
        b1.intoArray(sums, out + LANES + WIDTH);
    }

    /** Two rows of BF16, whose bits are the upper half of a float32. */
    private static void rowsBf16(MemorySegment w, long at, long other, float[] x, int xAt, int groups, float[] sums,
            int in, int out) {
        w.isNative(); // for the compiler: see PanamaKernels
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, in);
        FloatVector b0 = FloatVector.fromArray(FLOATS, sums, in + WIDTH);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, in + LANES);
        FloatVector b1 = FloatVector.fromArray(FLOATS, sums, in + LANES + WIDTH);
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 5;
            FloatVector u = FloatVector.fromArray(FLOATS, x, xAt + (g << 4));
            FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + (g << 4) + WIDTH);
            a0 = ShortVector.fromMemorySegment(HALVES, w, at + k, LITTLE_ENDIAN).convertShape(ZERO_EXTEND_S2I, INTS, 0)
                    .reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats().fma(u, a0);
            b0 = ShortVector.fromMemorySegment(HALVES, w, at + k + NEXT_HALVES, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats()
                    .fma(v, b0);
            a1 = ShortVector.fromMemorySegment(HALVES, w, other + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats()
                    .fma(u, a1);
            b1 = ShortVector.fromMemorySegment(HALVES, w, other + k + NEXT_HALVES, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats()
                    .fma(v, b1);
        }
        a0.intoArray(sums, out);
        b0.intoArray(sums, out + WIDTH);
        a1.intoArray(sums, out + LANES);
        b1.intoArray(sums, out + LANES + WIDTH);
    }

    /** {@link #multiply} for F16, by way of an array; two neighbouring rows, if they are short, in one loop. */
    private static void multiplyF16(Matrix w, int outFrom, int outTo, float[] x, int xAt, float[] y, int yAt,
            PanamaScratch scratch) {
        boolean pairs = w.cols() % LANES == 0 && w.cols() <= SHORT;
        for (int o = outFrom; o < outTo; o += BATCH) {
            int outs = Math.min(BATCH, outTo - o);
            int i = 0;
            for (; pairs && i + 2 <= outs; i += 2) {
                pairF16(w, o + i, x, xAt, scratch, PanamaScratch.FIRST_SUM + i * LANES);
            }
            for (; i < outs; i++) {
                rowF16(w, o + i, x, xAt, scratch, PanamaScratch.FIRST_SUM + i * LANES);
            }
            PanamaFold.fold(scratch.sums, PanamaScratch.FIRST_SUM, BATCH, scratch.folded);
            System.arraycopy(scratch.folded, 0, y, yAt + o, outs);
        }
    }

    private static void pairF16(Matrix w, int row, float[] x, int xAt, PanamaScratch scratch, int out) {
        int cols = w.cols();
        PanamaWidening.widenF16(w.data(), w.rowOffset(row), 2 * cols, scratch.stage, 0);
        for (int lane = 0; lane < LANES; lane += 2 * WIDTH) {
            staged(scratch.stage, lane, cols, x, xAt + lane, scratch.sums, lane, out + lane);
        }
    }

    private static void rowF16(Matrix w, int row, float[] x, int xAt, PanamaScratch scratch, int out) {
        int groups = w.cols() / LANES;
        int step = Math.ceilDiv(groups, Math.max(1, Math.ceilDiv(groups, STAGED_GROUPS)));
        int g = 0;
        do {
            int n = Math.min(step, groups - g);
            PanamaWidening.widen(w, row, g * LANES, n * LANES, scratch.stage, 0);
            for (int lane = 0; lane < LANES; lane += 2 * WIDTH) {
                staged(scratch.stage, lane, x, xAt + g * LANES + lane, n, scratch.sums, g == 0 ? lane : out + lane,
                        out + lane);
            }
            g += step;
        } while (g < groups);
        if (w.cols() % LANES != 0) {
            PanamaMatvec.tail(w, row, 0, 1, groups * LANES, x, xAt, scratch.sums, out);
        }
    }

    /** Two widened rows of whole groups, one after the other: two vectors of each group. */
    private static void staged(float[] w, int at, int cols, float[] x, int xAt, float[] sums, int in, int out) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, in);
        FloatVector b0 = FloatVector.fromArray(FLOATS, sums, in + WIDTH);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, in + LANES);
        FloatVector b1 = FloatVector.fromArray(FLOATS, sums, in + LANES + WIDTH);
        for (int k = 0; k < cols; k += LANES) {
            FloatVector u = FloatVector.fromArray(FLOATS, x, xAt + k);
            FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + k + WIDTH);
            a0 = FloatVector.fromArray(FLOATS, w, at + k).fma(u, a0);
            b0 = FloatVector.fromArray(FLOATS, w, at + k + WIDTH).fma(v, b0);
            a1 = FloatVector.fromArray(FLOATS, w, at + cols + k).fma(u, a1);
            b1 = FloatVector.fromArray(FLOATS, w, at + cols + k + WIDTH).fma(v, b1);
        }
        a0.intoArray(sums, out);
        b0.intoArray(sums, out + WIDTH);
        a1.intoArray(sums, out + LANES);
        b1.intoArray(sums, out + LANES + WIDTH);
    }

    /** One widened row, two vectors of each group. */
    private static void staged(float[] w, int at, float[] x, int xAt, int groups, float[] sums, int in, int out) {
        FloatVector a = FloatVector.fromArray(FLOATS, sums, in);
        FloatVector b = FloatVector.fromArray(FLOATS, sums, in + WIDTH);
        for (int g = 0; g < groups; g++) {
            int k = g << 4;
            a = FloatVector.fromArray(FLOATS, w, at + k).fma(FloatVector.fromArray(FLOATS, x, xAt + k), a);
            b = FloatVector.fromArray(FLOATS, w, at + k + WIDTH).fma(FloatVector.fromArray(FLOATS, x, xAt + k + WIDTH),
                    b);
        }
        a.intoArray(sums, out);
        b.intoArray(sums, out + WIDTH);
    }
}
