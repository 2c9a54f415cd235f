package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.VectorWidth.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The product of several rows and a matrix of 48 or 64 columns, which is dt_proj in the smaller models. There the fold of
 * 16 lanes would cost more than the products. So this kernel lays an output, not an element of the sum, into each vector
 * lane: a canonical partial sum is three or four multiply-adds of a vector, and folding is plain addition of vectors.
 *
 * <p>The fold adds lanes 8 apart, then 4, 2 and 1: lanes j, j+8, j+4 and j+12 make a quarter of it, for j from 0 to 3. The
 * weights of a quarter of a vector of outputs are 12 or 16 vectors: they stay in registers while rows go by.
 *
 * <pre>
 * weights  [quarter][vector of outputs][4 lanes of the quarter][3 or 4 groups]  vectors, the last at a fixed distance
 * sums     [quarter][row][vector of outputs]                                    vectors
 * </pre>
 */
final class PanamaNarrow {
    /** From so many rows on, packing is worth its while. */
    private static final int MIN_ROWS = 16;
    /** Rows and vectors of outputs whose sums are kept at a time: few enough for the first-level cache. */
    private static final int ROWS = 64;
    private static final int VECTORS = 2;
    /** Rows of inputs that are laid out at a time, and where: behind the weights that are to be transposed. */
    private static final int MAX_ROWS = 512;
    private static final int X_AT = LANES * 64;
    /**
     * log2 of the floats from row to row of the inputs, which are copied for that: with a fixed distance the compiler checks
     * their range once.
     */
    private static final int X_ROW_SHIFT = 6;
    private static final int QUARTERS = 4;
    /** A quarter's lanes j, j+4, j+8 and j+12 are added up in the order j, j+8, j+4, j+12. */
    private static final int[] PLACE = {0, 2, 1, 3};
    /** Floats from one vector of outputs to the next in the packed weights: room for 4 lanes of 4 groups. */
    private static final int VECTOR_WEIGHTS = 4 * 4 * LANES;
    private static final int QUARTER_WEIGHTS = VECTORS * VECTOR_WEIGHTS;
    /** log2 of the bytes from row to row in the sums. */
    private static final int SUMS_ROW_SHIFT = Integer.numberOfTrailingZeros(VECTORS * LANES * Float.BYTES);
    private static final int QUARTER_SUMS = ROWS << SUMS_ROW_SHIFT;
    /** Floats of all packed weights, and bytes of all sums. */
    static final int WEIGHTS = QUARTERS * QUARTER_WEIGHTS;
    static final int SUMS_BYTES = QUARTERS * QUARTER_SUMS;

    private PanamaNarrow() {}

    /** Whether this kernel is for the product of these. */
    static boolean fits(Matrix w, int rowCount) {
        return (w.cols() == 48 || w.cols() == 64) && rowCount >= MIN_ROWS;
    }

    /** {@link Kernels#matmul} for what fits; the arguments are checked. */
    static void multiply(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol,
            int firstRow, int rowCount, Scratch scratch) {
        for (int r = 0; r < rowCount; r += MAX_ROWS) {
            int rows = Math.min(MAX_ROWS, rowCount - r);
            for (int i = 0; i < rows; i++) {
                System.arraycopy(x.data(), x.index(firstRow + r + i, xCol), scratch.stage, X_AT + (i << X_ROW_SHIFT),
                        w.cols());
            }
            for (int o = outFrom; o < outTo; o += VECTORS * LANES) {
                int outs = Math.min(VECTORS * LANES, outTo - o);
                pack(w, o, outs, scratch);
                multiplyBlock(w.cols(), outs, rows, y, firstRow + r, yCol + o, scratch);
            }
        }
    }

    /** All rows and a few outputs. */
    private static void multiplyBlock(int cols, int outs, int rows, Activations y, int firstRow, int firstCol,
            Scratch scratch) {
        for (int r = 0; r < rows; r += ROWS) {
            int count = Math.min(ROWS, rows - r);
            multiplyRows(cols / ScalarKernels.LANES, outs, scratch.stage, X_AT + (r << X_ROW_SHIFT), count, scratch);
            for (int i = 0; i < count; i++) {
                finish(scratch.narrowSums, (long) i << SUMS_ROW_SHIFT, outs, scratch.row, y.data(),
                        y.index(firstRow + r + i, firstCol));
            }
        }
    }

    /** Transposes the weights of some outputs; what the last vector has beyond them is of no consequence. */
    private static void pack(Matrix w, int firstOut, int outs, Scratch scratch) {
        int groups = w.cols() / ScalarKernels.LANES;
        for (int v = 0; v * LANES < outs; v++) {
            for (int i = 0; i < LANES; i++) {
                int row = firstOut + Math.min(v * LANES + i, outs - 1);
                PanamaWidening.widenRow(w, row, scratch.stage, i * w.cols(), w.cols());
            }
            for (int k = 0; k < w.cols(); k += LANES) {
                PanamaTranspose.transpose(scratch.stage, k, w.cols(), LANES / 2 * w.cols(), scratch.block, 0, LANES);
                for (int i = 0; i < LANES; i++) {
                    int lane = (k + i) % ScalarKernels.LANES;
                    int to = lane % QUARTERS * QUARTER_WEIGHTS + v * VECTOR_WEIGHTS
                            + (PLACE[lane / QUARTERS] * groups + k / ScalarKernels.LANES) * LANES;
                    System.arraycopy(scratch.block, i * LANES, scratch.narrowWeights, to, LANES);
                }
            }
        }
    }

    private static void multiplyRows(int groups, int outs, float[] x, int xAt, int rows, Scratch scratch) {
        for (int v = 0; v * LANES < outs; v++) {
            for (int j = 0; j < QUARTERS; j++) {
                int wAt = j * QUARTER_WEIGHTS + v * VECTOR_WEIGHTS;
                long outAt = (long) j * QUARTER_SUMS + (long) v * LANES * Float.BYTES;
                if (groups == 3) {
                    quarter3(scratch.narrowWeights, wAt, x, xAt + j, rows, scratch.narrowSums, outAt);
                } else {
                    quarter4(scratch.narrowWeights, wAt, x, xAt + j, rows, scratch.narrowSums, outAt);
                }
            }
        }
    }

    /** Adds the quarters of one row up: lanes 2 apart, then 1. */
    private static void finish(MemorySegment sums, long from, int outs, float[] row, float[] y, int at) {
        int whole = FLOATS.loopBound(outs);
        for (int o = 0; o < outs; o += LANES) {
            long i = from + (long) o * Float.BYTES;
            FloatVector even = FloatVector.fromMemorySegment(FLOATS, sums, i, LITTLE_ENDIAN)
                    .add(FloatVector.fromMemorySegment(FLOATS, sums, i + 2 * QUARTER_SUMS, LITTLE_ENDIAN));
            FloatVector odd = FloatVector.fromMemorySegment(FLOATS, sums, i + QUARTER_SUMS, LITTLE_ENDIAN)
                    .add(FloatVector.fromMemorySegment(FLOATS, sums, i + 3 * QUARTER_SUMS, LITTLE_ENDIAN));
            if (o < whole) {
                even.add(odd).intoArray(y, at + o);
            } else {
                even.add(odd).intoArray(row, 0);
                System.arraycopy(row, 0, y, at + o, outs - o);
            }
        }
    }

    /** Three groups: the quarter of a vector of outputs, for some rows. The weights stay in registers. */
    private static void quarter3(float[] w, int wAt, float[] x, int xAt, int rows, MemorySegment out,
            long outAt) {
        FloatVector w00 = FloatVector.fromArray(FLOATS, w, wAt + 0 * LANES);
        FloatVector w01 = FloatVector.fromArray(FLOATS, w, wAt + 1 * LANES);
        FloatVector w02 = FloatVector.fromArray(FLOATS, w, wAt + 2 * LANES);
        FloatVector w10 = FloatVector.fromArray(FLOATS, w, wAt + 3 * LANES);
        FloatVector w11 = FloatVector.fromArray(FLOATS, w, wAt + 4 * LANES);
        FloatVector w12 = FloatVector.fromArray(FLOATS, w, wAt + 5 * LANES);
        FloatVector w20 = FloatVector.fromArray(FLOATS, w, wAt + 6 * LANES);
        FloatVector w21 = FloatVector.fromArray(FLOATS, w, wAt + 7 * LANES);
        FloatVector w22 = FloatVector.fromArray(FLOATS, w, wAt + 8 * LANES);
        FloatVector w30 = FloatVector.fromArray(FLOATS, w, wAt + 9 * LANES);
        FloatVector w31 = FloatVector.fromArray(FLOATS, w, wAt + 10 * LANES);
        FloatVector w32 = FloatVector.fromArray(FLOATS, w, wAt + 11 * LANES);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int r = 0; r < rows; r++) {
            int i = xAt + (r << X_ROW_SHIFT);
            FloatVector p0 = w00.fma(FloatVector.broadcast(FLOATS, x[i]), zero);
            p0 = w01.fma(FloatVector.broadcast(FLOATS, x[i + 16]), p0);
            p0 = w02.fma(FloatVector.broadcast(FLOATS, x[i + 32]), p0);
            FloatVector p1 = w10.fma(FloatVector.broadcast(FLOATS, x[i + 8]), zero);
            p1 = w11.fma(FloatVector.broadcast(FLOATS, x[i + 24]), p1);
            p1 = w12.fma(FloatVector.broadcast(FLOATS, x[i + 40]), p1);
            FloatVector p2 = w20.fma(FloatVector.broadcast(FLOATS, x[i + 4]), zero);
            p2 = w21.fma(FloatVector.broadcast(FLOATS, x[i + 20]), p2);
            p2 = w22.fma(FloatVector.broadcast(FLOATS, x[i + 36]), p2);
            FloatVector p3 = w30.fma(FloatVector.broadcast(FLOATS, x[i + 12]), zero);
            p3 = w31.fma(FloatVector.broadcast(FLOATS, x[i + 28]), p3);
            p3 = w32.fma(FloatVector.broadcast(FLOATS, x[i + 44]), p3);
            p0.add(p1).add(p2.add(p3)).intoMemorySegment(out, outAt + ((long) r << SUMS_ROW_SHIFT), LITTLE_ENDIAN);
        }
    }

    /** Four groups: the quarter of a vector of outputs, for some rows. The weights stay in registers. */
    private static void quarter4(float[] w, int wAt, float[] x, int xAt, int rows, MemorySegment out,
            long outAt) {
        FloatVector w00 = FloatVector.fromArray(FLOATS, w, wAt + 0 * LANES);
        FloatVector w01 = FloatVector.fromArray(FLOATS, w, wAt + 1 * LANES);
        FloatVector w02 = FloatVector.fromArray(FLOATS, w, wAt + 2 * LANES);
        FloatVector w03 = FloatVector.fromArray(FLOATS, w, wAt + 3 * LANES);
        FloatVector w10 = FloatVector.fromArray(FLOATS, w, wAt + 4 * LANES);
        FloatVector w11 = FloatVector.fromArray(FLOATS, w, wAt + 5 * LANES);
        FloatVector w12 = FloatVector.fromArray(FLOATS, w, wAt + 6 * LANES);
        FloatVector w13 = FloatVector.fromArray(FLOATS, w, wAt + 7 * LANES);
        FloatVector w20 = FloatVector.fromArray(FLOATS, w, wAt + 8 * LANES);
        FloatVector w21 = FloatVector.fromArray(FLOATS, w, wAt + 9 * LANES);
        FloatVector w22 = FloatVector.fromArray(FLOATS, w, wAt + 10 * LANES);
        FloatVector w23 = FloatVector.fromArray(FLOATS, w, wAt + 11 * LANES);
        FloatVector w30 = FloatVector.fromArray(FLOATS, w, wAt + 12 * LANES);
        FloatVector w31 = FloatVector.fromArray(FLOATS, w, wAt + 13 * LANES);
        FloatVector w32 = FloatVector.fromArray(FLOATS, w, wAt + 14 * LANES);
        FloatVector w33 = FloatVector.fromArray(FLOATS, w, wAt + 15 * LANES);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int r = 0; r < rows; r++) {
            int i = xAt + (r << X_ROW_SHIFT);
            FloatVector p0 = w00.fma(FloatVector.broadcast(FLOATS, x[i]), zero);
            p0 = w01.fma(FloatVector.broadcast(FLOATS, x[i + 16]), p0);
            p0 = w02.fma(FloatVector.broadcast(FLOATS, x[i + 32]), p0);
            p0 = w03.fma(FloatVector.broadcast(FLOATS, x[i + 48]), p0);
            FloatVector p1 = w10.fma(FloatVector.broadcast(FLOATS, x[i + 8]), zero);
            p1 = w11.fma(FloatVector.broadcast(FLOATS, x[i + 24]), p1);
            p1 = w12.fma(FloatVector.broadcast(FLOATS, x[i + 40]), p1);
            p1 = w13.fma(FloatVector.broadcast(FLOATS, x[i + 56]), p1);
            FloatVector p2 = w20.fma(FloatVector.broadcast(FLOATS, x[i + 4]), zero);
            p2 = w21.fma(FloatVector.broadcast(FLOATS, x[i + 20]), p2);
            p2 = w22.fma(FloatVector.broadcast(FLOATS, x[i + 36]), p2);
            p2 = w23.fma(FloatVector.broadcast(FLOATS, x[i + 52]), p2);
            FloatVector p3 = w30.fma(FloatVector.broadcast(FLOATS, x[i + 12]), zero);
            p3 = w31.fma(FloatVector.broadcast(FLOATS, x[i + 28]), p3);
            p3 = w32.fma(FloatVector.broadcast(FLOATS, x[i + 44]), p3);
            p3 = w33.fma(FloatVector.broadcast(FLOATS, x[i + 60]), p3);
            p0.add(p1).add(p2.add(p3)).intoMemorySegment(out, outAt + ((long) r << SUMS_ROW_SHIFT), LITTLE_ENDIAN);
        }
    }
}
