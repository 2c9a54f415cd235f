package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The product of one row of activations and a matrix in F32 whose rows are a few groups of 16 long, as dt_proj's are, where
 * two vectors hold the 16 lanes of a sum. {@link PanamaMatvecPairs} is for the formats of 16 bits.
 *
 * <p>One loop goes through many rows of weights, in the order in which they are stored. A loop for each row or two, as in
 * {@link PanamaMatvecNarrow}, would have ended before it had paid for the checks in front of it.
 */
final class PanamaMatvecShort {
    private static final int LANES = ScalarKernels.LANES;
    private static final int WIDTH = VectorWidth.LANES;
    private static final long NEXT_FLOATS = WIDTH * Float.BYTES;
    /** Rows of weights in one call. */
    private static final int ROWS = 32;
    /** With longer rows it is the additions to the same two sums that a loop waits for. */
    private static final int MAX_COLS = 80;

    private PanamaMatvecShort() {}

    /** Whether this kernel is for the product of one row and this matrix. */
    static boolean fits(Matrix w) {
        return VectorWidth.PARTS == 2 && w.dtype() == DType.F32 && w.cols() > 0 && w.cols() <= MAX_COLS
                && w.cols() % LANES == 0;
    }

    /** One row of {@link Kernels#matmul} for what fits; the arguments are checked. */
    static void multiply(Matrix w, int outFrom, int outTo, float[] x, int xAt, float[] y, int yAt,
            PanamaScratch scratch) {
        for (int o = outFrom; o < outTo; o += ROWS) {
            int rows = Math.min(ROWS, outTo - o);
            long at = w.rowOffset(o);
            rowsF32(w.data(), at, x, xAt, w.cols(), rows, scratch.sums, PanamaScratch.FIRST_SUM);
            PanamaFold.fold(scratch.sums, PanamaScratch.FIRST_SUM,
                    Math.ceilDiv(rows, PanamaFold.BATCH) * PanamaFold.BATCH,
                    scratch.folded);
            System.arraycopy(scratch.folded, 0, y, yAt + o, rows);
        }
    }

    private static void rowsF32(MemorySegment w, long at, float[] x, int xAt, int cols, int rows, float[] sums,
            int out) {
        w.isNative(); // for the compiler: see PanamaKernels
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector a = zero;
        FloatVector b = zero;
        int i = 0;
        int to = out;
        for (int g = 0; g < rows * cols / LANES; g++) {
            long k = at + ((long) g << 6);
            a = FloatVector.fromMemorySegment(FLOATS, w, k, LITTLE_ENDIAN).fma(
                    FloatVector.fromArray(FLOATS, x, xAt + i),
                    a);
            b = FloatVector.fromMemorySegment(FLOATS, w, k + NEXT_FLOATS, LITTLE_ENDIAN)
                    .fma(FloatVector.fromArray(FLOATS, x, xAt + i + WIDTH), b);
            i += LANES;
            if (i == cols) {
                a.intoArray(sums, to);
                b.intoArray(sums, to + WIDTH);
                a = zero;
                b = zero;
                to += LANES;
                i = 0;
            }
        }
    }
}
