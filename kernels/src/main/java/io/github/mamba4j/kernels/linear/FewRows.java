package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.Rows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The product of a few rows of activations and a matrix, where reading the weights takes about as long as multiplying:
 * tiles of 4 rows by 6 outputs (or {@link FewRowsTile}, where there are 16 vector registers) over weights in their stored
 * order. Float32 weights are read where they are, by the first rows from memory and by the others from the first-level
 * cache; so are BF16 weights by the small tile. Others are widened once for all rows.
 *
 * <p>The outputs are cut into as many stretches as a tile has outputs, and a row of each is in flight at a time: long
 * streams, as in {@link OneRow512}. A vector is 16 neighbouring elements of the summed dimension (or, where vectors are
 * narrower, a part of them); 24 sums, or 12, stay in registers while the groups pass.
 */
final class FewRows {
    /** Rows of a tile. */
    private static final int ROWS = VectorWidth.MANY_REGISTERS ? 4 : FewRowsTile.ROWS;
    /** Outputs of a tile. */
    private static final int OUTS = VectorWidth.MANY_REGISTERS ? 6 : FewRowsTile.OUTS;
    /** Lanes that a tile takes at once. */
    private static final int PART = VectorWidth.MANY_REGISTERS ? VectorWidth.LANES : 2 * VectorWidth.LANES;
    private static final int LANES = DotProduct.LANES;
    /** Partial sums of a tile. */
    static final int SUMS = ROWS * OUTS * LANES;
    /** Up to so many rows are few: more are worth the packing of weights for {@link ManyRows}. */
    static final int FEW = VectorWidth.MANY_REGISTERS ? 32 : 16;
    /** Rows whose sums are kept at once. */
    static final int MAX_ROWS = 32;
    static final int MAX_TILES = MAX_ROWS / ROWS;
    /** Groups of 16 inputs in a block: a tile's rows of weights stay in the first-level cache. */
    private static final int BLOCK_GROUPS = 64;
    /** Bytes from one widened row of a block to the next; not a power of two, because of the caches' places. */
    private static final int STAGED_ROW = (BLOCK_GROUPS + 1) * LANES * Float.BYTES;
    /** Room for as many as a tile has outputs. */
    static final int STAGED_BYTES = OUTS * STAGED_ROW;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(LITTLE_ENDIAN);

    private FewRows() {}

    /** {@link Linear#matmul}; the arguments are checked. */
    static void multiply(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol,
            int firstRow, int rowCount, VectorScratch scratch) {
        for (int r = 0; r < rowCount; r += MAX_ROWS) {
            int rows = Math.min(MAX_ROWS, rowCount - r);
            int stretch = (outTo - outFrom) / OUTS;
            for (int o = outFrom; o < outFrom + stretch; o++) {
                multiply(w, o, stretch, OUTS, x, xCol, firstRow + r, rows, scratch);
                store(scratch.folded, y, firstRow + r, rows, yCol + o, stretch, OUTS);
            }
            int rest = outFrom + stretch * OUTS;
            if (rest < outTo) {
                multiply(w, rest, 1, outTo - rest, x, xCol, firstRow + r, rows, scratch);
                store(scratch.folded, y, firstRow + r, rows, yCol + rest, 1, outTo - rest);
            }
        }
    }

    /** Some rows times the outputs of a tile, or fewer, that are {@code distance} apart. */
    private static void multiply(Matrix w, int firstOut, int distance, int outs, Activations x, int xCol, int firstRow,
            int rows, VectorScratch scratch) {
        int groups = w.cols() / LANES;
        int tiles = Math.ceilDiv(rows, ROWS);
        int step = Math.ceilDiv(groups, Math.max(1, Math.ceilDiv(groups, BLOCK_GROUPS)));
        if (groups == 0) {
            Arrays.fill(scratch.sums, VectorScratch.FIRST_SUM, VectorScratch.FIRST_SUM + tiles * SUMS, 0f);
        }
        for (int g = 0; g < groups; g += step) {
            multiplyBlock(w, firstOut, distance, outs, g, Math.min(step, groups - g), x, xCol, firstRow, rows, scratch);
        }
        if (w.cols() % LANES != 0) {
            for (int r = 0; r < rows; r++) {
                tail(w, firstOut, distance, outs, groups * LANES, x.data(), x.index(firstRow + r, xCol), scratch.sums,
                        VectorScratch.FIRST_SUM + r * OUTS * LANES);
            }
        }
        Fold.fold(scratch.sums, VectorScratch.FIRST_SUM,
                Math.ceilDiv(tiles * ROWS * OUTS, Fold.BATCH) * Fold.BATCH, scratch.folded);
    }

    /** Adds the products of some groups to the sums of all rows. */
    private static void multiplyBlock(Matrix w, int firstOut, int distance, int outs, int firstGroup, int groups,
            Activations x, int xCol, int firstRow, int rows, VectorScratch scratch) {
        long rowBytes = w.rowOffset(distance);
        long at = w.rowOffset(firstOut) + (long) firstGroup * LANES * w.dtype().bytes();
        boolean stored = w.dtype() == DType.F32 || w.dtype() == DType.BF16 && !VectorWidth.MANY_REGISTERS;
        if (!stored) {
            for (int o = 0; o < outs; o++) {
                Widening.widen(w, firstOut + o * distance, firstGroup * LANES, groups * LANES, scratch.stage, 0);
                MemorySegment.copy(scratch.stage, 0, scratch.staged, FLOAT, (long) o * STAGED_ROW, groups * LANES);
            }
        }
        for (int part = 0; part < LANES; part += PART) {
            for (int r = 0; r < rows; r += ROWS) {
                int sums = VectorScratch.FIRST_SUM + r * OUTS * LANES + part;
                int in = firstGroup == 0 ? part : sums;
                int xAt = x.index(firstRow + r, xCol + firstGroup * LANES + part);
                int last = Math.min(ROWS, rows - r) - 1;
                if (stored) {
                    tile(x.data(), xAt, x.cols(), last, w.data(), w.dtype(), at + (long) part * w.dtype().bytes(),
                            rowBytes, outs - 1, groups, scratch.sums, in, sums);
                } else {
                    tile(x.data(), xAt, x.cols(), last, scratch.staged, DType.F32, part * Float.BYTES, STAGED_ROW,
                            outs - 1, groups, scratch.sums, in, sums);
                }
            }
        }
    }

    /** The elements after the last whole group, and the zeros that fill theirs. */
    private static void tail(Matrix w, int firstOut, int distance, int outs, int firstCol, float[] x, int xAt,
            float[] sums, int at) {
        for (int o = 0; o < outs; o++) {
            for (int j = 0; j < LANES; j++) {
                int k = firstCol + j;
                boolean inside = k < w.cols();
                sums[at + o * LANES + j] = Math.fma(inside ? w.get(firstOut + o * distance, k) : 0f,
                        inside ? x[xAt + k] : 0f, sums[at + o * LANES + j]);
            }
        }
    }

    /** Writes the results of the tiles, row after row of a tile, where they belong. */
    private static void store(float[] results, Activations y, int firstRow, int rows, int col, int distance, int outs) {
        for (int r = 0; r < rows; r++) {
            int to = y.index(firstRow + r, col);
            for (int o = 0; o < outs; o++) {
                y.data()[to + o * distance] = results[r * OUTS + o];
            }
        }
    }

    /** One part of the lanes of a tile. Where there are fewer rows or outputs, the last is computed again. */
    private static void tile(float[] x, int xAt, int xStride, int lastRow, MemorySegment w, DType dtype, long wAt,
            long wStride, int lastOut, int groups, float[] sums, int in, int out) {
        int x1 = xAt + Math.min(1, lastRow) * xStride;
        long w1 = wAt + Math.min(1, lastOut) * wStride;
        long w2 = wAt + Math.min(2, lastOut) * wStride;
        if (VectorWidth.MANY_REGISTERS) {
            int x2 = xAt + Math.min(2, lastRow) * xStride;
            int x3 = xAt + Math.min(3, lastRow) * xStride;
            long w3 = wAt + Math.min(3, lastOut) * wStride;
            long w4 = wAt + Math.min(4, lastOut) * wStride;
            long w5 = wAt + Math.min(5, lastOut) * wStride;
            tile4x6(x, xAt, x1, x2, x3, w, wAt, w1, w2, w3, w4, w5, groups, sums, in, sums, out);
        } else if (dtype == DType.F32) {
            FewRowsTile.multiplyF32(x, xAt, x1, w, wAt, w1, w2, groups, sums, in, out);
        } else {
            FewRowsTile.multiplyBf16(x, xAt, x1, w, wAt, w1, w2, groups, sums, in, out);
        }
    }

    /** 24 sums and 7 operands, for 32 vector registers. */
    private static void tile4x6(float[] x, int x0, int x1, int x2, int x3, MemorySegment w, long w0, long w1, long w2,
            long w3, long w4, long w5, int groups, float[] in, int inAt, float[] out, int outAt) {
        w.isNative(); // for the compiler: see PanamaKernels
        FloatVector a00 = FloatVector.fromArray(FLOATS, in, inAt);
        FloatVector a01 = FloatVector.fromArray(FLOATS, in, inAt + 16);
        FloatVector a02 = FloatVector.fromArray(FLOATS, in, inAt + 32);
        FloatVector a03 = FloatVector.fromArray(FLOATS, in, inAt + 48);
        FloatVector a04 = FloatVector.fromArray(FLOATS, in, inAt + 64);
        FloatVector a05 = FloatVector.fromArray(FLOATS, in, inAt + 80);
        FloatVector a10 = FloatVector.fromArray(FLOATS, in, inAt + 96);
        FloatVector a11 = FloatVector.fromArray(FLOATS, in, inAt + 112);
        FloatVector a12 = FloatVector.fromArray(FLOATS, in, inAt + 128);
        FloatVector a13 = FloatVector.fromArray(FLOATS, in, inAt + 144);
        FloatVector a14 = FloatVector.fromArray(FLOATS, in, inAt + 160);
        FloatVector a15 = FloatVector.fromArray(FLOATS, in, inAt + 176);
        FloatVector a20 = FloatVector.fromArray(FLOATS, in, inAt + 192);
        FloatVector a21 = FloatVector.fromArray(FLOATS, in, inAt + 208);
        FloatVector a22 = FloatVector.fromArray(FLOATS, in, inAt + 224);
        FloatVector a23 = FloatVector.fromArray(FLOATS, in, inAt + 240);
        FloatVector a24 = FloatVector.fromArray(FLOATS, in, inAt + 256);
        FloatVector a25 = FloatVector.fromArray(FLOATS, in, inAt + 272);
        FloatVector a30 = FloatVector.fromArray(FLOATS, in, inAt + 288);
        FloatVector a31 = FloatVector.fromArray(FLOATS, in, inAt + 304);
        FloatVector a32 = FloatVector.fromArray(FLOATS, in, inAt + 320);
        FloatVector a33 = FloatVector.fromArray(FLOATS, in, inAt + 336);
        FloatVector a34 = FloatVector.fromArray(FLOATS, in, inAt + 352);
        FloatVector a35 = FloatVector.fromArray(FLOATS, in, inAt + 368);
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 6;
            FloatVector b0 = FloatVector.fromMemorySegment(FLOATS, w, w0 + k, LITTLE_ENDIAN);
            FloatVector b1 = FloatVector.fromMemorySegment(FLOATS, w, w1 + k, LITTLE_ENDIAN);
            FloatVector b2 = FloatVector.fromMemorySegment(FLOATS, w, w2 + k, LITTLE_ENDIAN);
            FloatVector b3 = FloatVector.fromMemorySegment(FLOATS, w, w3 + k, LITTLE_ENDIAN);
            FloatVector b4 = FloatVector.fromMemorySegment(FLOATS, w, w4 + k, LITTLE_ENDIAN);
            FloatVector b5 = FloatVector.fromMemorySegment(FLOATS, w, w5 + k, LITTLE_ENDIAN);
            int i = g << 4;
            FloatVector v0 = FloatVector.fromArray(FLOATS, x, x0 + i);
            a00 = b0.fma(v0, a00);
            a01 = b1.fma(v0, a01);
            a02 = b2.fma(v0, a02);
            a03 = b3.fma(v0, a03);
            a04 = b4.fma(v0, a04);
            a05 = b5.fma(v0, a05);
            FloatVector v1 = FloatVector.fromArray(FLOATS, x, x1 + i);
            a10 = b0.fma(v1, a10);
            a11 = b1.fma(v1, a11);
            a12 = b2.fma(v1, a12);
            a13 = b3.fma(v1, a13);
            a14 = b4.fma(v1, a14);
            a15 = b5.fma(v1, a15);
            FloatVector v2 = FloatVector.fromArray(FLOATS, x, x2 + i);
            a20 = b0.fma(v2, a20);
            a21 = b1.fma(v2, a21);
            a22 = b2.fma(v2, a22);
            a23 = b3.fma(v2, a23);
            a24 = b4.fma(v2, a24);
            a25 = b5.fma(v2, a25);
            FloatVector v3 = FloatVector.fromArray(FLOATS, x, x3 + i);
            a30 = b0.fma(v3, a30);
            a31 = b1.fma(v3, a31);
            a32 = b2.fma(v3, a32);
            a33 = b3.fma(v3, a33);
            a34 = b4.fma(v3, a34);
            a35 = b5.fma(v3, a35);
        }
        a00.intoArray(out, outAt);
        a01.intoArray(out, outAt + 16);
        a02.intoArray(out, outAt + 32);
        a03.intoArray(out, outAt + 48);
        a04.intoArray(out, outAt + 64);
        a05.intoArray(out, outAt + 80);
        a10.intoArray(out, outAt + 96);
        a11.intoArray(out, outAt + 112);
        a12.intoArray(out, outAt + 128);
        a13.intoArray(out, outAt + 144);
        a14.intoArray(out, outAt + 160);
        a15.intoArray(out, outAt + 176);
        a20.intoArray(out, outAt + 192);
        a21.intoArray(out, outAt + 208);
        a22.intoArray(out, outAt + 224);
        a23.intoArray(out, outAt + 240);
        a24.intoArray(out, outAt + 256);
        a25.intoArray(out, outAt + 272);
        a30.intoArray(out, outAt + 288);
        a31.intoArray(out, outAt + 304);
        a32.intoArray(out, outAt + 320);
        a33.intoArray(out, outAt + 336);
        a34.intoArray(out, outAt + 352);
        a35.intoArray(out, outAt + 368);
    }
}
