package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * The product of several rows and a matrix of 48 or 64 columns, which is dt_proj in the smaller models. There the fold of
 * 16 lanes would cost more than the products. So this kernel lays an output, not an element of the sum, into each vector
 * lane: a canonical partial sum is three or four multiply-adds of a vector, and folding is plain addition of vectors.
 *
 * <p>The fold adds lanes 8 apart, then 4, 2 and 1: lanes j, j+8, j+4 and j+12 make a quarter of it, for j from 0 to 3. The
 * weights of a pair of lanes, j and j+8, for two vectors of outputs are 12 or 16 vectors: they stay in registers while rows
 * go by. Two vectors of outputs, because an element of a row that is multiplied only once is broadcast by an instruction of
 * its own, on a port that multiply-adds need; for two it comes with the load.
 *
 * <pre>
 * weights  [vector of outputs][quarter][4 lanes of the quarter][3 or 4 groups]   vectors
 * sums     [row][quarter][2 vectors of outputs]                                  vectors
 * </pre>
 */
final class PanamaNarrow {
    /** Outputs whose weights are packed at a time. */
    static final int BLOCK = Scratch.ROW;
    /** Rows whose inputs are laid out at a time, and rows whose sums are kept: few enough for the first-level cache. */
    static final int ROWS = 64;
    private static final int SUMS_ROWS = 32;
    /** From so many rows on, packing is worth its while. */
    private static final int MIN_ROWS = 16;
    private static final int MAX_COLS = 64;
    /** Outputs that are multiplied at a time. */
    static final int OUTS = 2 * LANES;
    private static final int QUARTERS = 4;
    /** A quarter's lanes j, j+4, j+8 and j+12 are added up in the order j, j+8, j+4, j+12. */
    private static final int[] PLACE = {0, 2, 1, 3};
    /** Floats from row to row in the sums. */
    private static final int SUMS_ROW = QUARTERS * OUTS;
    /** Floats of a block's weights, of the rows' inputs, and of all sums. */
    static final int WEIGHTS = BLOCK * MAX_COLS;
    static final int INPUTS = ROWS * MAX_COLS;
    static final int SUMS = SUMS_ROWS * SUMS_ROW;

    private PanamaNarrow() {}

    /** Whether this kernel is for the product of these. */
    static boolean fits(Matrix w, int rowCount) {
        return (w.cols() == 48 || w.cols() == MAX_COLS) && rowCount >= MIN_ROWS;
    }

    /** {@link Kernels#matmul} for what fits; the arguments are checked. */
    static void multiply(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol,
            int firstRow, int rowCount, PanamaScratch scratch) {
        for (int o = outFrom; o < outTo; o += BLOCK) {
            int outs = Math.min(BLOCK, outTo - o);
            pack(w, o, outs, scratch);
            for (int r = firstRow; r < firstRow + rowCount; r += ROWS) {
                int rows = Math.min(ROWS, firstRow + rowCount - r);
                layOut(x, r, rows, xCol, w.cols(), scratch);
                for (int i = 0; i < outs; i += OUTS) {
                    multiply(w.cols(), i, Math.min(OUTS, outs - i), rows, y.data(), y.index(r, yCol + o + i), y.cols(),
                            scratch);
                }
            }
        }
    }

    /** Brings some rows, at most {@link #ROWS}, to where {@link #multiply} reads them. */
    static void layOut(Activations x, int firstRow, int rows, int xCol, int cols, PanamaScratch scratch) {
        for (int i = 0; i < rows; i++) {
            System.arraycopy(x.data(), x.index(firstRow + i, xCol), scratch.narrowInputs, i * cols, cols);
        }
    }

    /**
     * The rows that are laid out, and some of the outputs that are packed.
     *
     * @param out the first output, relative to the first that is packed; a multiple of {@link #OUTS}
     * @param outs how many, at most {@link #OUTS}
     * @param y where the products go, row after row
     * @param yAt index of the first
     * @param yStride from row to row
     */
    static void multiply(int cols, int out, int outs, int rows, float[] y, int yAt, int yStride,
            PanamaScratch scratch) {
        for (int r = 0; r < rows; r += SUMS_ROWS) {
            int n = Math.min(SUMS_ROWS, rows - r);
            for (int j = 0; j < QUARTERS; j++) {
                int wAt = out * cols + j * (cols / QUARTERS) * LANES;
                pair(cols, wAt, r * cols + j, n, j * OUTS, false, scratch);
                pair(cols, wAt + cols / 8 * LANES, r * cols + j + 4, n, j * OUTS, true, scratch);
            }
            finish(scratch.narrowSums, n, outs, y, yAt + r * yStride, yStride, scratch.row);
        }
    }

    /** Transposes the weights of at most a block of outputs; what the last vectors have beyond them is of no consequence. */
    static void pack(Matrix w, int firstOut, int outs, PanamaScratch scratch) {
        int cols = w.cols();
        int groups = cols / ScalarKernels.LANES;
        int vectors = Math.ceilDiv(outs, OUTS) * (OUTS / LANES);
        for (int v = 0; v < vectors; v++) {
            for (int i = 0; i < LANES; i++) {
                int row = firstOut + Math.min(v * LANES + i, outs - 1);
                PanamaWidening.widen(w, row, 0, cols, scratch.stage, i * cols);
            }
            for (int k = 0; k < cols; k += LANES) {
                PanamaTranspose.transpose(scratch.stage, k, cols, LANES / 2 * cols, 0, scratch.block, 0, LANES, 0, 1);
                for (int i = 0; i < LANES; i++) {
                    int lane = (k + i) % ScalarKernels.LANES;
                    int place = (lane % QUARTERS * QUARTERS + PLACE[lane / QUARTERS]) * groups
                            + (k + i) / ScalarKernels.LANES;
                    System.arraycopy(scratch.block, i * LANES, scratch.narrowWeights, (v * cols + place) * LANES,
                            LANES);
                }
            }
        }
    }

    private static void pair(int cols, int wAt, int xAt, int rows, int sum, boolean add, PanamaScratch scratch) {
        if (cols == 48) {
            pair3(scratch.narrowWeights, wAt, scratch.narrowInputs, xAt, cols, rows, scratch.narrowSums, sum, SUMS_ROW,
                    add);
        } else {
            pair4(scratch.narrowWeights, wAt, scratch.narrowInputs, xAt, cols, rows, scratch.narrowSums, sum, SUMS_ROW,
                    add);
        }
    }

    /**
     * Adds the quarters up: lanes 2 apart, then 1.
     *
     * @param outs outputs that count, at most {@link #OUTS}
     * @param edge room for a vector that is not written whole
     */
    private static void finish(float[] sums, int rows, int outs, float[] y, int yAt, int yStride, float[] edge) {
        for (int r = 0; r < rows; r++) {
            for (int o = 0; o < outs; o += LANES) {
                int i = r * SUMS_ROW + o;
                FloatVector even = FloatVector.fromArray(FLOATS, sums, i)
                        .add(FloatVector.fromArray(FLOATS, sums, i + 2 * OUTS));
                FloatVector odd = FloatVector.fromArray(FLOATS, sums, i + OUTS)
                        .add(FloatVector.fromArray(FLOATS, sums, i + 3 * OUTS));
                int at = yAt + r * yStride + o;
                if (o + LANES <= outs) {
                    even.add(odd).intoArray(y, at);
                } else {
                    even.add(odd).intoArray(edge, 0);
                    System.arraycopy(edge, 0, y, at, outs - o);
                }
            }
        }
    }

    /**
     * Three groups: a pair of lanes of two vectors of outputs, for some rows.
     *
     * @param x index of the first lane's first element in the first row
     * @param xStep from row to row; not a constant, because a loop that the compiler can count gets checks before it
     * @param at where the sums go
     * @param step from row to row
     * @param add whether the other pair's sum is there already, to which this one is added
     */
    private static void pair3(float[] w, int wAt, float[] inputs, int x, int xStep, int rows, float[] sums,
            int at, int step, boolean add) {
        FloatVector w00 = FloatVector.fromArray(FLOATS, w, wAt);
        FloatVector w01 = FloatVector.fromArray(FLOATS, w, wAt + LANES);
        FloatVector w02 = FloatVector.fromArray(FLOATS, w, wAt + 2 * LANES);
        FloatVector w10 = FloatVector.fromArray(FLOATS, w, wAt + 3 * LANES);
        FloatVector w11 = FloatVector.fromArray(FLOATS, w, wAt + 4 * LANES);
        FloatVector w12 = FloatVector.fromArray(FLOATS, w, wAt + 5 * LANES);
        FloatVector v00 = FloatVector.fromArray(FLOATS, w, wAt + 48 * LANES);
        FloatVector v01 = FloatVector.fromArray(FLOATS, w, wAt + 49 * LANES);
        FloatVector v02 = FloatVector.fromArray(FLOATS, w, wAt + 50 * LANES);
        FloatVector v10 = FloatVector.fromArray(FLOATS, w, wAt + 51 * LANES);
        FloatVector v11 = FloatVector.fromArray(FLOATS, w, wAt + 52 * LANES);
        FloatVector v12 = FloatVector.fromArray(FLOATS, w, wAt + 53 * LANES);
        FloatVector zero = FloatVector.zero(FLOATS);
        int i = x;
        int end = x + rows * xStep;
        int to = at;
        while (i != end) {
            FloatVector e00 = zero.broadcast(inputs[i]);
            FloatVector e01 = zero.broadcast(inputs[i + 16]);
            FloatVector e02 = zero.broadcast(inputs[i + 32]);
            FloatVector p0 = w02.fma(e02, w01.fma(e01, w00.fma(e00, zero)));
            FloatVector q0 = v02.fma(e02, v01.fma(e01, v00.fma(e00, zero)));
            FloatVector e10 = zero.broadcast(inputs[i + 8]);
            FloatVector e11 = zero.broadcast(inputs[i + 24]);
            FloatVector e12 = zero.broadcast(inputs[i + 40]);
            FloatVector p = p0.add(w12.fma(e12, w11.fma(e11, w10.fma(e10, zero))));
            FloatVector q = q0.add(v12.fma(e12, v11.fma(e11, v10.fma(e10, zero))));
            if (add) {
                p = FloatVector.fromArray(FLOATS, sums, to).add(p);
                q = FloatVector.fromArray(FLOATS, sums, to + LANES).add(q);
            }
            p.intoArray(sums, to);
            q.intoArray(sums, to + LANES);
            i += xStep;
            to += step;
        }
    }

    /** Four groups: the same as {@link #pair3}. */
    private static void pair4(float[] w, int wAt, float[] inputs, int x, int xStep, int rows, float[] sums,
            int at, int step, boolean add) {
        FloatVector w00 = FloatVector.fromArray(FLOATS, w, wAt);
        FloatVector w01 = FloatVector.fromArray(FLOATS, w, wAt + LANES);
        FloatVector w02 = FloatVector.fromArray(FLOATS, w, wAt + 2 * LANES);
        FloatVector w03 = FloatVector.fromArray(FLOATS, w, wAt + 3 * LANES);
        FloatVector w10 = FloatVector.fromArray(FLOATS, w, wAt + 4 * LANES);
        FloatVector w11 = FloatVector.fromArray(FLOATS, w, wAt + 5 * LANES);
        FloatVector w12 = FloatVector.fromArray(FLOATS, w, wAt + 6 * LANES);
        FloatVector w13 = FloatVector.fromArray(FLOATS, w, wAt + 7 * LANES);
        FloatVector v00 = FloatVector.fromArray(FLOATS, w, wAt + 64 * LANES);
        FloatVector v01 = FloatVector.fromArray(FLOATS, w, wAt + 65 * LANES);
        FloatVector v02 = FloatVector.fromArray(FLOATS, w, wAt + 66 * LANES);
        FloatVector v03 = FloatVector.fromArray(FLOATS, w, wAt + 67 * LANES);
        FloatVector v10 = FloatVector.fromArray(FLOATS, w, wAt + 68 * LANES);
        FloatVector v11 = FloatVector.fromArray(FLOATS, w, wAt + 69 * LANES);
        FloatVector v12 = FloatVector.fromArray(FLOATS, w, wAt + 70 * LANES);
        FloatVector v13 = FloatVector.fromArray(FLOATS, w, wAt + 71 * LANES);
        FloatVector zero = FloatVector.zero(FLOATS);
        int i = x;
        int end = x + rows * xStep;
        int to = at;
        while (i != end) {
            FloatVector e00 = zero.broadcast(inputs[i]);
            FloatVector e01 = zero.broadcast(inputs[i + 16]);
            FloatVector e02 = zero.broadcast(inputs[i + 32]);
            FloatVector e03 = zero.broadcast(inputs[i + 48]);
            FloatVector p0 = w03.fma(e03, w02.fma(e02, w01.fma(e01, w00.fma(e00, zero))));
            FloatVector q0 = v03.fma(e03, v02.fma(e02, v01.fma(e01, v00.fma(e00, zero))));
            FloatVector e10 = zero.broadcast(inputs[i + 8]);
            FloatVector e11 = zero.broadcast(inputs[i + 24]);
            FloatVector e12 = zero.broadcast(inputs[i + 40]);
            FloatVector e13 = zero.broadcast(inputs[i + 56]);
            FloatVector p = p0.add(w13.fma(e13, w12.fma(e12, w11.fma(e11, w10.fma(e10, zero)))));
            FloatVector q = q0.add(v13.fma(e13, v12.fma(e12, v11.fma(e11, v10.fma(e10, zero)))));
            if (add) {
                p = FloatVector.fromArray(FLOATS, sums, to).add(p);
                q = FloatVector.fromArray(FLOATS, sums, to + LANES).add(q);
            }
            p.intoArray(sums, to);
            q.intoArray(sums, to + LANES);
            i += xStep;
            to += step;
        }
    }
}
