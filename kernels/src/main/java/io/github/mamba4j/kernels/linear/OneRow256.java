package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.DotProduct;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The product of one row of activations and a matrix in F32, as {@link OneRow512}, where vectors are narrower than the 16 lanes
 * of a sum.
 *
 * <p>Two vectors side by side go through a row of weights at a time. With 256 bits that is all of a sum's lanes, so that
 * whole cache lines are read, one after another; lane by lane, memory would rest while the other half of each line is read
 * from the cache. With 128 bits it is half of the lanes, and the second half follows while the weights are cached. Two
 * streams are as many as it takes to keep memory busy; with four, each is read less far ahead.
 *
 * <p>{@link OneRow256Halves} is for BF16 and F16; what it cannot do, {@link FewRows} does.
 */
final class OneRow256 {
    private static final int BATCH = Fold.BATCH;
    private static final int LANES = DotProduct.LANES;
    private static final int WIDTH = VectorWidth.LANES;
    private static final long NEXT_FLOATS = WIDTH * Float.BYTES;
    /** Groups of 16 inputs after which the other half of the lanes takes its turn: weights that stay in the cache. */
    private static final int CACHED_GROUPS = 96;

    private OneRow256() {}

    /** One row of {@link Linear#matmul} in F32; the arguments are checked. */
    static void multiply(Matrix w, int outFrom, int outTo, float[] x, int xAt, float[] y, int yAt,
            VectorScratch scratch) {
        int length = (outTo - outFrom + 1) / 2;
        int other = outFrom + length;
        for (int o = outFrom; o < other; o += BATCH / 2) {
            int rows = Math.min(BATCH / 2, other - o);
            for (int r = 0; r < rows; r++) {
                sums(w, o + r, Math.min(o + r + length, outTo - 1), x, xAt, scratch.sums,
                        VectorScratch.FIRST_SUM + r * 2 * LANES);
            }
            Fold.fold(scratch.sums, VectorScratch.FIRST_SUM, BATCH, scratch.folded);
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
                long skipped = (long) k * Float.BYTES;
                long at = w.rowOffset(row) + skipped;
                long other = w.rowOffset(otherRow) + skipped;
                int in = g == 0 ? lane : out + lane;
                rowsF32(w.data(), at, other, x, xAt + k, n, sums, in, out + lane);
            }
            g += step;
        } while (g < groups);
        if (w.cols() % LANES != 0) {
            OneRow512.tail(w, row, otherRow - row, 2, groups * LANES, x, xAt, sums, out);
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
}
