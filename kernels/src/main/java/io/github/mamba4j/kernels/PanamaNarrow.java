package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.VectorWidth.LANES;

import jdk.incubator.vector.FloatVector;

/**
 * The product of several rows and a matrix of 48 or 64 columns, which is dt_proj in the smaller models. There the fold of
 * 16 lanes would cost more than the products. So this kernel lays an output, not an element of the sum, into each vector
 * lane: a canonical partial sum is three or four multiply-adds of a vector, and folding is plain addition of vectors.
 *
 * <p>The fold adds lanes 8 apart, then 4, 2 and 1: lanes j, j+8, j+4 and j+12 make a quarter of it, for j from 0 to 3.
 * Weights are packed for that, transposed:
 *
 * <pre>
 * weights  [quarter][vector of outputs][4 lanes of the quarter][3 or 4 groups]  vectors, the last at a fixed distance
 * sums     [quarter][vector of outputs][4 rows]                                 vectors
 * </pre>
 */
final class PanamaNarrow {
    private static final int ROWS = 4;
    /** From so many rows on, packing is worth its while. */
    private static final int MIN_ROWS = 16;
    private static final int QUARTERS = 4;
    /** A quarter's lanes j, j+4, j+8 and j+12 are added up in the order j, j+8, j+4, j+12. */
    private static final int[] PLACE = {0, 2, 1, 3};
    /** Vectors of outputs whose sums stay in the first-level cache. */
    private static final int VECTORS = 16;
    private static final int LANES_SHIFT = Integer.numberOfTrailingZeros(LANES);
    /** log2 of the floats from one vector of outputs to the next in the packed weights: room for 4 lanes of 4 groups. */
    private static final int VECTOR_SHIFT = LANES_SHIFT + 4;
    /** log2 of the floats from one vector of outputs to the next in the sums. */
    private static final int SUMS_SHIFT = LANES_SHIFT + 2;
    private static final int QUARTER_WEIGHTS = VECTORS << VECTOR_SHIFT;
    private static final int QUARTER_SUMS = VECTORS << SUMS_SHIFT;

    private PanamaNarrow() {}

    /** Whether this kernel is for the product of these. */
    static boolean fits(Matrix w, int rowCount) {
        return (w.cols() == 48 || w.cols() == 64) && rowCount >= MIN_ROWS;
    }

    /** {@link Kernels#matmul} for what fits; the arguments are checked. */
    static void multiply(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol,
            int firstRow, int rowCount, Scratch scratch) {
        for (int o = outFrom; o < outTo; o += VECTORS * LANES) {
            int outs = Math.min(VECTORS * LANES, outTo - o);
            pack(w, o, outs, scratch);
            for (int r = 0; r < rowCount; r += ROWS) {
                // The last rows may be computed twice, to the same bits.
                int row = firstRow + Math.min(r, rowCount - ROWS);
                multiplyRows(w.cols() / ScalarKernels.LANES, Math.ceilDiv(outs, LANES), x, row, xCol, scratch);
                for (int i = 0; i < ROWS; i++) {
                    finish(scratch.narrowSums, i * LANES, outs, scratch.row, y.data(), y.index(row + i, yCol + o));
                }
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
                PanamaTranspose.transpose(scratch.stage, k, w.cols(), 4 * w.cols(), scratch.block, 0, LANES);
                for (int i = 0; i < LANES; i++) {
                    int lane = (k + i) % ScalarKernels.LANES;
                    int to = lane % QUARTERS * QUARTER_WEIGHTS + (v << VECTOR_SHIFT)
                            + (PLACE[lane / QUARTERS] * groups + k / ScalarKernels.LANES) * LANES;
                    System.arraycopy(scratch.block, i * LANES, scratch.narrowWeights, to, LANES);
                }
            }
        }
    }

    private static void multiplyRows(int groups, int vectors, Activations x, int row, int xCol, Scratch scratch) {
        for (int j = 0; j < QUARTERS; j++) {
            int at = x.index(row, xCol + j);
            int next = x.cols();
            if (groups == 3) {
                quarter3(scratch.narrowWeights, j * QUARTER_WEIGHTS, vectors, x.data(), at, at + next, at + 2 * next,
                        at + 3 * next, scratch.narrowSums, j * QUARTER_SUMS);
            } else {
                quarter4(scratch.narrowWeights, j * QUARTER_WEIGHTS, vectors, x.data(), at, at + next, at + 2 * next,
                        at + 3 * next, scratch.narrowSums, j * QUARTER_SUMS);
            }
        }
    }

    /** Adds the quarters of one row up: lanes 2 apart, then 1. */
    private static void finish(float[] sums, int from, int outs, float[] row, float[] y, int at) {
        int whole = FLOATS.loopBound(outs);
        for (int o = 0; o < outs; o += LANES) {
            int i = from + (o << 2);
            FloatVector even = FloatVector.fromArray(FLOATS, sums, i)
                    .add(FloatVector.fromArray(FLOATS, sums, i + 2 * QUARTER_SUMS));
            FloatVector odd = FloatVector.fromArray(FLOATS, sums, i + QUARTER_SUMS)
                    .add(FloatVector.fromArray(FLOATS, sums, i + 3 * QUARTER_SUMS));
            if (o < whole) {
                even.add(odd).intoArray(y, at + o);
            } else {
                even.add(odd).intoArray(row, 0);
                System.arraycopy(row, 0, y, at + o, outs - o);
            }
        }
    }

    /** Three groups: for each vector of outputs, the sums of four lanes of four rows. */
    private static void quarter3(float[] w, int wAt, int vectors, float[] x, int x0, int x1, int x2, int x3,
            float[] out,
            int outAt) {
        FloatVector b000 = FloatVector.broadcast(FLOATS, x[x0]);
        FloatVector b001 = FloatVector.broadcast(FLOATS, x[x0 + 16]);
        FloatVector b002 = FloatVector.broadcast(FLOATS, x[x0 + 32]);
        FloatVector b010 = FloatVector.broadcast(FLOATS, x[x0 + 8]);
        FloatVector b011 = FloatVector.broadcast(FLOATS, x[x0 + 24]);
        FloatVector b012 = FloatVector.broadcast(FLOATS, x[x0 + 40]);
        FloatVector b020 = FloatVector.broadcast(FLOATS, x[x0 + 4]);
        FloatVector b021 = FloatVector.broadcast(FLOATS, x[x0 + 20]);
        FloatVector b022 = FloatVector.broadcast(FLOATS, x[x0 + 36]);
        FloatVector b030 = FloatVector.broadcast(FLOATS, x[x0 + 12]);
        FloatVector b031 = FloatVector.broadcast(FLOATS, x[x0 + 28]);
        FloatVector b032 = FloatVector.broadcast(FLOATS, x[x0 + 44]);
        FloatVector b100 = FloatVector.broadcast(FLOATS, x[x1]);
        FloatVector b101 = FloatVector.broadcast(FLOATS, x[x1 + 16]);
        FloatVector b102 = FloatVector.broadcast(FLOATS, x[x1 + 32]);
        FloatVector b110 = FloatVector.broadcast(FLOATS, x[x1 + 8]);
        FloatVector b111 = FloatVector.broadcast(FLOATS, x[x1 + 24]);
        FloatVector b112 = FloatVector.broadcast(FLOATS, x[x1 + 40]);
        FloatVector b120 = FloatVector.broadcast(FLOATS, x[x1 + 4]);
        FloatVector b121 = FloatVector.broadcast(FLOATS, x[x1 + 20]);
        FloatVector b122 = FloatVector.broadcast(FLOATS, x[x1 + 36]);
        FloatVector b130 = FloatVector.broadcast(FLOATS, x[x1 + 12]);
        FloatVector b131 = FloatVector.broadcast(FLOATS, x[x1 + 28]);
        FloatVector b132 = FloatVector.broadcast(FLOATS, x[x1 + 44]);
        FloatVector b200 = FloatVector.broadcast(FLOATS, x[x2]);
        FloatVector b201 = FloatVector.broadcast(FLOATS, x[x2 + 16]);
        FloatVector b202 = FloatVector.broadcast(FLOATS, x[x2 + 32]);
        FloatVector b210 = FloatVector.broadcast(FLOATS, x[x2 + 8]);
        FloatVector b211 = FloatVector.broadcast(FLOATS, x[x2 + 24]);
        FloatVector b212 = FloatVector.broadcast(FLOATS, x[x2 + 40]);
        FloatVector b220 = FloatVector.broadcast(FLOATS, x[x2 + 4]);
        FloatVector b221 = FloatVector.broadcast(FLOATS, x[x2 + 20]);
        FloatVector b222 = FloatVector.broadcast(FLOATS, x[x2 + 36]);
        FloatVector b230 = FloatVector.broadcast(FLOATS, x[x2 + 12]);
        FloatVector b231 = FloatVector.broadcast(FLOATS, x[x2 + 28]);
        FloatVector b232 = FloatVector.broadcast(FLOATS, x[x2 + 44]);
        FloatVector b300 = FloatVector.broadcast(FLOATS, x[x3]);
        FloatVector b301 = FloatVector.broadcast(FLOATS, x[x3 + 16]);
        FloatVector b302 = FloatVector.broadcast(FLOATS, x[x3 + 32]);
        FloatVector b310 = FloatVector.broadcast(FLOATS, x[x3 + 8]);
        FloatVector b311 = FloatVector.broadcast(FLOATS, x[x3 + 24]);
        FloatVector b312 = FloatVector.broadcast(FLOATS, x[x3 + 40]);
        FloatVector b320 = FloatVector.broadcast(FLOATS, x[x3 + 4]);
        FloatVector b321 = FloatVector.broadcast(FLOATS, x[x3 + 20]);
        FloatVector b322 = FloatVector.broadcast(FLOATS, x[x3 + 36]);
        FloatVector b330 = FloatVector.broadcast(FLOATS, x[x3 + 12]);
        FloatVector b331 = FloatVector.broadcast(FLOATS, x[x3 + 28]);
        FloatVector b332 = FloatVector.broadcast(FLOATS, x[x3 + 44]);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int v = 0; v < vectors; v++) {
            int from = wAt + (v << VECTOR_SHIFT);
            FloatVector w00 = FloatVector.fromArray(FLOATS, w, from + 0 * LANES);
            FloatVector w01 = FloatVector.fromArray(FLOATS, w, from + 1 * LANES);
            FloatVector w02 = FloatVector.fromArray(FLOATS, w, from + 2 * LANES);
            FloatVector p00 = w02.fma(b002, w01.fma(b001, w00.fma(b000, zero)));
            FloatVector p10 = w02.fma(b102, w01.fma(b101, w00.fma(b100, zero)));
            FloatVector p20 = w02.fma(b202, w01.fma(b201, w00.fma(b200, zero)));
            FloatVector p30 = w02.fma(b302, w01.fma(b301, w00.fma(b300, zero)));
            FloatVector w10 = FloatVector.fromArray(FLOATS, w, from + 3 * LANES);
            FloatVector w11 = FloatVector.fromArray(FLOATS, w, from + 4 * LANES);
            FloatVector w12 = FloatVector.fromArray(FLOATS, w, from + 5 * LANES);
            FloatVector p01 = w12.fma(b012, w11.fma(b011, w10.fma(b010, zero)));
            FloatVector p11 = w12.fma(b112, w11.fma(b111, w10.fma(b110, zero)));
            FloatVector p21 = w12.fma(b212, w11.fma(b211, w10.fma(b210, zero)));
            FloatVector p31 = w12.fma(b312, w11.fma(b311, w10.fma(b310, zero)));
            FloatVector w20 = FloatVector.fromArray(FLOATS, w, from + 6 * LANES);
            FloatVector w21 = FloatVector.fromArray(FLOATS, w, from + 7 * LANES);
            FloatVector w22 = FloatVector.fromArray(FLOATS, w, from + 8 * LANES);
            FloatVector p02 = w22.fma(b022, w21.fma(b021, w20.fma(b020, zero)));
            FloatVector p12 = w22.fma(b122, w21.fma(b121, w20.fma(b120, zero)));
            FloatVector p22 = w22.fma(b222, w21.fma(b221, w20.fma(b220, zero)));
            FloatVector p32 = w22.fma(b322, w21.fma(b321, w20.fma(b320, zero)));
            FloatVector w30 = FloatVector.fromArray(FLOATS, w, from + 9 * LANES);
            FloatVector w31 = FloatVector.fromArray(FLOATS, w, from + 10 * LANES);
            FloatVector w32 = FloatVector.fromArray(FLOATS, w, from + 11 * LANES);
            FloatVector p03 = w32.fma(b032, w31.fma(b031, w30.fma(b030, zero)));
            FloatVector p13 = w32.fma(b132, w31.fma(b131, w30.fma(b130, zero)));
            FloatVector p23 = w32.fma(b232, w31.fma(b231, w30.fma(b230, zero)));
            FloatVector p33 = w32.fma(b332, w31.fma(b331, w30.fma(b330, zero)));
            int to = outAt + (v << SUMS_SHIFT);
            p00.add(p01).add(p02.add(p03)).intoArray(out, to);
            p10.add(p11).add(p12.add(p13)).intoArray(out, to + 1 * LANES);
            p20.add(p21).add(p22.add(p23)).intoArray(out, to + 2 * LANES);
            p30.add(p31).add(p32.add(p33)).intoArray(out, to + 3 * LANES);
        }
    }

    /** Four groups: for each vector of outputs, the sums of four lanes of four rows. */
    private static void quarter4(float[] w, int wAt, int vectors, float[] x, int x0, int x1, int x2, int x3,
            float[] out,
            int outAt) {
        FloatVector b000 = FloatVector.broadcast(FLOATS, x[x0]);
        FloatVector b001 = FloatVector.broadcast(FLOATS, x[x0 + 16]);
        FloatVector b002 = FloatVector.broadcast(FLOATS, x[x0 + 32]);
        FloatVector b003 = FloatVector.broadcast(FLOATS, x[x0 + 48]);
        FloatVector b010 = FloatVector.broadcast(FLOATS, x[x0 + 8]);
        FloatVector b011 = FloatVector.broadcast(FLOATS, x[x0 + 24]);
        FloatVector b012 = FloatVector.broadcast(FLOATS, x[x0 + 40]);
        FloatVector b013 = FloatVector.broadcast(FLOATS, x[x0 + 56]);
        FloatVector b020 = FloatVector.broadcast(FLOATS, x[x0 + 4]);
        FloatVector b021 = FloatVector.broadcast(FLOATS, x[x0 + 20]);
        FloatVector b022 = FloatVector.broadcast(FLOATS, x[x0 + 36]);
        FloatVector b023 = FloatVector.broadcast(FLOATS, x[x0 + 52]);
        FloatVector b030 = FloatVector.broadcast(FLOATS, x[x0 + 12]);
        FloatVector b031 = FloatVector.broadcast(FLOATS, x[x0 + 28]);
        FloatVector b032 = FloatVector.broadcast(FLOATS, x[x0 + 44]);
        FloatVector b033 = FloatVector.broadcast(FLOATS, x[x0 + 60]);
        FloatVector b100 = FloatVector.broadcast(FLOATS, x[x1]);
        FloatVector b101 = FloatVector.broadcast(FLOATS, x[x1 + 16]);
        FloatVector b102 = FloatVector.broadcast(FLOATS, x[x1 + 32]);
        FloatVector b103 = FloatVector.broadcast(FLOATS, x[x1 + 48]);
        FloatVector b110 = FloatVector.broadcast(FLOATS, x[x1 + 8]);
        FloatVector b111 = FloatVector.broadcast(FLOATS, x[x1 + 24]);
        FloatVector b112 = FloatVector.broadcast(FLOATS, x[x1 + 40]);
        FloatVector b113 = FloatVector.broadcast(FLOATS, x[x1 + 56]);
        FloatVector b120 = FloatVector.broadcast(FLOATS, x[x1 + 4]);
        FloatVector b121 = FloatVector.broadcast(FLOATS, x[x1 + 20]);
        FloatVector b122 = FloatVector.broadcast(FLOATS, x[x1 + 36]);
        FloatVector b123 = FloatVector.broadcast(FLOATS, x[x1 + 52]);
        FloatVector b130 = FloatVector.broadcast(FLOATS, x[x1 + 12]);
        FloatVector b131 = FloatVector.broadcast(FLOATS, x[x1 + 28]);
        FloatVector b132 = FloatVector.broadcast(FLOATS, x[x1 + 44]);
        FloatVector b133 = FloatVector.broadcast(FLOATS, x[x1 + 60]);
        FloatVector b200 = FloatVector.broadcast(FLOATS, x[x2]);
        FloatVector b201 = FloatVector.broadcast(FLOATS, x[x2 + 16]);
        FloatVector b202 = FloatVector.broadcast(FLOATS, x[x2 + 32]);
        FloatVector b203 = FloatVector.broadcast(FLOATS, x[x2 + 48]);
        FloatVector b210 = FloatVector.broadcast(FLOATS, x[x2 + 8]);
        FloatVector b211 = FloatVector.broadcast(FLOATS, x[x2 + 24]);
        FloatVector b212 = FloatVector.broadcast(FLOATS, x[x2 + 40]);
        FloatVector b213 = FloatVector.broadcast(FLOATS, x[x2 + 56]);
        FloatVector b220 = FloatVector.broadcast(FLOATS, x[x2 + 4]);
        FloatVector b221 = FloatVector.broadcast(FLOATS, x[x2 + 20]);
        FloatVector b222 = FloatVector.broadcast(FLOATS, x[x2 + 36]);
        FloatVector b223 = FloatVector.broadcast(FLOATS, x[x2 + 52]);
        FloatVector b230 = FloatVector.broadcast(FLOATS, x[x2 + 12]);
        FloatVector b231 = FloatVector.broadcast(FLOATS, x[x2 + 28]);
        FloatVector b232 = FloatVector.broadcast(FLOATS, x[x2 + 44]);
        FloatVector b233 = FloatVector.broadcast(FLOATS, x[x2 + 60]);
        FloatVector b300 = FloatVector.broadcast(FLOATS, x[x3]);
        FloatVector b301 = FloatVector.broadcast(FLOATS, x[x3 + 16]);
        FloatVector b302 = FloatVector.broadcast(FLOATS, x[x3 + 32]);
        FloatVector b303 = FloatVector.broadcast(FLOATS, x[x3 + 48]);
        FloatVector b310 = FloatVector.broadcast(FLOATS, x[x3 + 8]);
        FloatVector b311 = FloatVector.broadcast(FLOATS, x[x3 + 24]);
        FloatVector b312 = FloatVector.broadcast(FLOATS, x[x3 + 40]);
        FloatVector b313 = FloatVector.broadcast(FLOATS, x[x3 + 56]);
        FloatVector b320 = FloatVector.broadcast(FLOATS, x[x3 + 4]);
        FloatVector b321 = FloatVector.broadcast(FLOATS, x[x3 + 20]);
        FloatVector b322 = FloatVector.broadcast(FLOATS, x[x3 + 36]);
        FloatVector b323 = FloatVector.broadcast(FLOATS, x[x3 + 52]);
        FloatVector b330 = FloatVector.broadcast(FLOATS, x[x3 + 12]);
        FloatVector b331 = FloatVector.broadcast(FLOATS, x[x3 + 28]);
        FloatVector b332 = FloatVector.broadcast(FLOATS, x[x3 + 44]);
        FloatVector b333 = FloatVector.broadcast(FLOATS, x[x3 + 60]);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int v = 0; v < vectors; v++) {
            int from = wAt + (v << VECTOR_SHIFT);
            FloatVector w00 = FloatVector.fromArray(FLOATS, w, from + 0 * LANES);
            FloatVector w01 = FloatVector.fromArray(FLOATS, w, from + 1 * LANES);
            FloatVector w02 = FloatVector.fromArray(FLOATS, w, from + 2 * LANES);
            FloatVector w03 = FloatVector.fromArray(FLOATS, w, from + 3 * LANES);
            FloatVector p00 = w03.fma(b003, w02.fma(b002, w01.fma(b001, w00.fma(b000, zero))));
            FloatVector p10 = w03.fma(b103, w02.fma(b102, w01.fma(b101, w00.fma(b100, zero))));
            FloatVector p20 = w03.fma(b203, w02.fma(b202, w01.fma(b201, w00.fma(b200, zero))));
            FloatVector p30 = w03.fma(b303, w02.fma(b302, w01.fma(b301, w00.fma(b300, zero))));
            FloatVector w10 = FloatVector.fromArray(FLOATS, w, from + 4 * LANES);
            FloatVector w11 = FloatVector.fromArray(FLOATS, w, from + 5 * LANES);
            FloatVector w12 = FloatVector.fromArray(FLOATS, w, from + 6 * LANES);
            FloatVector w13 = FloatVector.fromArray(FLOATS, w, from + 7 * LANES);
            FloatVector p01 = w13.fma(b013, w12.fma(b012, w11.fma(b011, w10.fma(b010, zero))));
            FloatVector p11 = w13.fma(b113, w12.fma(b112, w11.fma(b111, w10.fma(b110, zero))));
            FloatVector p21 = w13.fma(b213, w12.fma(b212, w11.fma(b211, w10.fma(b210, zero))));
            FloatVector p31 = w13.fma(b313, w12.fma(b312, w11.fma(b311, w10.fma(b310, zero))));
            FloatVector w20 = FloatVector.fromArray(FLOATS, w, from + 8 * LANES);
            FloatVector w21 = FloatVector.fromArray(FLOATS, w, from + 9 * LANES);
            FloatVector w22 = FloatVector.fromArray(FLOATS, w, from + 10 * LANES);
            FloatVector w23 = FloatVector.fromArray(FLOATS, w, from + 11 * LANES);
            FloatVector p02 = w23.fma(b023, w22.fma(b022, w21.fma(b021, w20.fma(b020, zero))));
            FloatVector p12 = w23.fma(b123, w22.fma(b122, w21.fma(b121, w20.fma(b120, zero))));
            FloatVector p22 = w23.fma(b223, w22.fma(b222, w21.fma(b221, w20.fma(b220, zero))));
            FloatVector p32 = w23.fma(b323, w22.fma(b322, w21.fma(b321, w20.fma(b320, zero))));
            FloatVector w30 = FloatVector.fromArray(FLOATS, w, from + 12 * LANES);
            FloatVector w31 = FloatVector.fromArray(FLOATS, w, from + 13 * LANES);
            FloatVector w32 = FloatVector.fromArray(FLOATS, w, from + 14 * LANES);
            FloatVector w33 = FloatVector.fromArray(FLOATS, w, from + 15 * LANES);
            FloatVector p03 = w33.fma(b033, w32.fma(b032, w31.fma(b031, w30.fma(b030, zero))));
            FloatVector p13 = w33.fma(b133, w32.fma(b132, w31.fma(b131, w30.fma(b130, zero))));
            FloatVector p23 = w33.fma(b233, w32.fma(b232, w31.fma(b231, w30.fma(b230, zero))));
            FloatVector p33 = w33.fma(b333, w32.fma(b332, w31.fma(b331, w30.fma(b330, zero))));
            int to = outAt + (v << SUMS_SHIFT);
            p00.add(p01).add(p02.add(p03)).intoArray(out, to);
            p10.add(p11).add(p12.add(p13)).intoArray(out, to + 1 * LANES);
            p20.add(p21).add(p22.add(p23)).intoArray(out, to + 2 * LANES);
            p30.add(p31).add(p32.add(p33)).intoArray(out, to + 3 * LANES);
        }
    }
}
