package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.ScalarKernels.LANES;
import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The innermost step of the matrix product: all canonical dot products of a few rows and a few outputs.
 *
 * <p>The 16 lanes of a canonical dot product never meet before the end, so they are taken one after another. For lane j,
 * every 16th element of the summed dimension from j on, a vector holds the weights of as many <em>outputs</em> as it has
 * lanes, and an element of a row is broadcast to all of them:
 *
 * <pre>
 * sum[j][r][o] = fma over g of  x[r][16 g + j] * w[o][16 g + j]
 * quarter[j]   = (sum[j] + sum[j + 8]) + (sum[j + 4] + sum[j + 12])          for j from 0 to 3
 * y            = (quarter[0] + quarter[2]) + (quarter[1] + quarter[3])
 * </pre>
 *
 * So the fold 8 + 8, 4 + 4, 2 + 2, 1 + 1 is plain addition of vectors, one code serves vectors of any width, and results
 * leave as whole vectors. Both operands are packed for it, lane by lane:
 *
 * <pre>
 * panel of activations   [16 lanes][group][4 rows]
 * panel of weights       [16 lanes][group][as many outputs as a vector has lanes]
 * </pre>
 */
final class PanamaTile {
    /** Rows of a panel. */
    static final int PANEL_ROWS = 4;
    /** Panels of rows in a tile. */
    static final int ROW_PANELS = VectorWidth.MANY_REGISTERS ? 3 : 1;
    /** Panels of weights in a tile. With 32 registers 24 hold sums, with 16 registers 12. */
    static final int OUT_PANELS = VectorWidth.MANY_REGISTERS ? 2 : 3;
    /** Rows of a tile. */
    static final int ROWS = ROW_PANELS * PANEL_ROWS;
    /** Outputs of a tile. */
    static final int OUTS = OUT_PANELS * VectorWidth.LANES;
    private static final int QUARTERS = 4;
    /** The lanes of the first quarter of a fold, in the order in which they are added up. */
    private static final int[] QUARTER = {0, 8, 4, 12};
    private static final int SLOT = VectorWidth.LANES * Float.BYTES;
    private static final int SLOT_SHIFT = Integer.numberOfTrailingZeros(SLOT);
    /** Bytes of one sum of each product. */
    private static final int PART = ROWS * OUTS * Float.BYTES;
    /** Bytes of the sums of a quarter's four lanes. */
    static final int LANES_BYTES = QUARTER.length * PART;
    /** Floats of all quarters. */
    static final int QUARTERS_FLOATS = QUARTERS * ROWS * OUTS;

    private PanamaTile() {}

    /**
     * Computes the four quarters of the sums of a tile.
     *
     * @param x panels of activations
     * @param xAt where the first of them begins
     * @param w panels of weights
     * @param wAt the offset of the first of them, in bytes
     * @param groups groups of the summed dimension
     * @param stride groups that the panels have room for
     * @param lanes room for the sums of four lanes
     * @param quarters where the sums go
     */
    static void multiply(float[] x, int xAt, MemorySegment w, long wAt, int groups, int stride, MemorySegment lanes,
            float[] quarters) {
        int xPanel = stride * LANES * PANEL_ROWS;
        long wPanel = (long) stride * LANES * SLOT;
        for (int quarter = 0; quarter < QUARTERS; quarter++) {
            for (int i = 0; i < QUARTER.length; i++) {
                int j = quarter + QUARTER[i];
                int x0 = xAt + j * stride * PANEL_ROWS;
                long w0 = wAt + (long) j * stride * SLOT;
                if (VectorWidth.MANY_REGISTERS) {
                    lane12x2(x, x0, x0 + xPanel, x0 + 2 * xPanel, w, w0, w0 + wPanel, groups, lanes, (long) i * PART);
                } else {
                    lane4x3(x, x0, w, w0, w0 + wPanel, w0 + 2 * wPanel, groups, lanes, (long) i * PART);
                }
            }
            foldQuarter(lanes, quarters, quarter * ROWS * OUTS);
        }
    }

    /** Adds up the four lanes of a quarter, while they are in the first-level cache. */
    private static void foldQuarter(MemorySegment lanes, float[] quarters, int to) {
        for (int i = 0; i < ROWS * OUTS; i += VectorWidth.LANES) {
            long at = (long) i * Float.BYTES;
            FloatVector.fromMemorySegment(FLOATS, lanes, at, LITTLE_ENDIAN)
                    .add(FloatVector.fromMemorySegment(FLOATS, lanes, at + PART, LITTLE_ENDIAN))
                    .add(FloatVector.fromMemorySegment(FLOATS, lanes, at + 2 * PART, LITTLE_ENDIAN)
                            .add(FloatVector.fromMemorySegment(FLOATS, lanes, at + 3 * PART, LITTLE_ENDIAN)))
                    .intoArray(quarters, to + i);
        }
    }

    /**
     * Adds up the quarters of a tile and writes the results.
     *
     * @param rows rows that count
     * @param outs outputs that count
     * @param y where they go, row after row
     * @param at index of the first
     * @param stride from row to row
     * @param edge room for a vector that is not written whole
     */
    static void finish(float[] quarters, int rows, int outs, float[] y, int at, int stride, float[] edge) {
        for (int r = 0; r < rows; r++) {
            for (int v = 0; v < OUT_PANELS; v++) {
                int i = (r * OUT_PANELS + v) * VectorWidth.LANES;
                FloatVector sum = FloatVector.fromArray(FLOATS, quarters, i)
                        .add(FloatVector.fromArray(FLOATS, quarters, i + 2 * ROWS * OUTS))
                        .add(FloatVector.fromArray(FLOATS, quarters, i + ROWS * OUTS)
                                .add(FloatVector.fromArray(FLOATS, quarters, i + 3 * ROWS * OUTS)));
                int o = v * VectorWidth.LANES;
                if (o + VectorWidth.LANES <= outs) {
                    sum.intoArray(y, at + r * stride + o);
                } else if (o < outs) {
                    sum.intoArray(edge, 0);
                    System.arraycopy(edge, 0, y, at + r * stride + o, outs - o);
                }
            }
        }
    }

    /** One lane of 12 rows and two vectors of outputs: 24 sums and 3 operands, for 32 vector registers. */
    private static void lane12x2(float[] x, int x0, int x1, int x2, MemorySegment w, long w0, long w1, int groups,
            MemorySegment sums, long out) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        FloatVector b3 = FloatVector.zero(FLOATS);
        FloatVector a4 = FloatVector.zero(FLOATS);
        FloatVector b4 = FloatVector.zero(FLOATS);
        FloatVector a5 = FloatVector.zero(FLOATS);
        FloatVector b5 = FloatVector.zero(FLOATS);
        FloatVector a6 = FloatVector.zero(FLOATS);
        FloatVector b6 = FloatVector.zero(FLOATS);
        FloatVector a7 = FloatVector.zero(FLOATS);
        FloatVector b7 = FloatVector.zero(FLOATS);
        FloatVector a8 = FloatVector.zero(FLOATS);
        FloatVector b8 = FloatVector.zero(FLOATS);
        FloatVector a9 = FloatVector.zero(FLOATS);
        FloatVector b9 = FloatVector.zero(FLOATS);
        FloatVector a10 = FloatVector.zero(FLOATS);
        FloatVector b10 = FloatVector.zero(FLOATS);
        FloatVector a11 = FloatVector.zero(FLOATS);
        FloatVector b11 = FloatVector.zero(FLOATS);
        for (int g = 0; g < groups; g++) {
            long k = (long) g << SLOT_SHIFT;
            FloatVector wa = FloatVector.fromMemorySegment(FLOATS, w, w0 + k, LITTLE_ENDIAN);
            FloatVector wb = FloatVector.fromMemorySegment(FLOATS, w, w1 + k, LITTLE_ENDIAN);
            int i = g << 2;
            FloatVector e0 = FloatVector.broadcast(FLOATS, x[x0 + i]);
            a0 = wa.fma(e0, a0);
            b0 = wb.fma(e0, b0);
            FloatVector e1 = FloatVector.broadcast(FLOATS, x[x0 + i + 1]);
            a1 = wa.fma(e1, a1);
            b1 = wb.fma(e1, b1);
            FloatVector e2 = FloatVector.broadcast(FLOATS, x[x0 + i + 2]);
            a2 = wa.fma(e2, a2);
            b2 = wb.fma(e2, b2);
            FloatVector e3 = FloatVector.broadcast(FLOATS, x[x0 + i + 3]);
            a3 = wa.fma(e3, a3);
            b3 = wb.fma(e3, b3);
            FloatVector e4 = FloatVector.broadcast(FLOATS, x[x1 + i]);
            a4 = wa.fma(e4, a4);
            b4 = wb.fma(e4, b4);
            FloatVector e5 = FloatVector.broadcast(FLOATS, x[x1 + i + 1]);
            a5 = wa.fma(e5, a5);
            b5 = wb.fma(e5, b5);
            FloatVector e6 = FloatVector.broadcast(FLOATS, x[x1 + i + 2]);
            a6 = wa.fma(e6, a6);
            b6 = wb.fma(e6, b6);
            FloatVector e7 = FloatVector.broadcast(FLOATS, x[x1 + i + 3]);
            a7 = wa.fma(e7, a7);
            b7 = wb.fma(e7, b7);
            FloatVector e8 = FloatVector.broadcast(FLOATS, x[x2 + i]);
            a8 = wa.fma(e8, a8);
            b8 = wb.fma(e8, b8);
            FloatVector e9 = FloatVector.broadcast(FLOATS, x[x2 + i + 1]);
            a9 = wa.fma(e9, a9);
            b9 = wb.fma(e9, b9);
            FloatVector e10 = FloatVector.broadcast(FLOATS, x[x2 + i + 2]);
            a10 = wa.fma(e10, a10);
            b10 = wb.fma(e10, b10);
            FloatVector e11 = FloatVector.broadcast(FLOATS, x[x2 + i + 3]);
            a11 = wa.fma(e11, a11);
            b11 = wb.fma(e11, b11);
        }
        a0.intoMemorySegment(sums, out, LITTLE_ENDIAN);
        b0.intoMemorySegment(sums, out + 1 * SLOT, LITTLE_ENDIAN);
        a1.intoMemorySegment(sums, out + 2 * SLOT, LITTLE_ENDIAN);
        b1.intoMemorySegment(sums, out + 3 * SLOT, LITTLE_ENDIAN);
        a2.intoMemorySegment(sums, out + 4 * SLOT, LITTLE_ENDIAN);
        b2.intoMemorySegment(sums, out + 5 * SLOT, LITTLE_ENDIAN);
        a3.intoMemorySegment(sums, out + 6 * SLOT, LITTLE_ENDIAN);
        b3.intoMemorySegment(sums, out + 7 * SLOT, LITTLE_ENDIAN);
        a4.intoMemorySegment(sums, out + 8 * SLOT, LITTLE_ENDIAN);
        b4.intoMemorySegment(sums, out + 9 * SLOT, LITTLE_ENDIAN);
        a5.intoMemorySegment(sums, out + 10 * SLOT, LITTLE_ENDIAN);
        b5.intoMemorySegment(sums, out + 11 * SLOT, LITTLE_ENDIAN);
        a6.intoMemorySegment(sums, out + 12 * SLOT, LITTLE_ENDIAN);
        b6.intoMemorySegment(sums, out + 13 * SLOT, LITTLE_ENDIAN);
        a7.intoMemorySegment(sums, out + 14 * SLOT, LITTLE_ENDIAN);
        b7.intoMemorySegment(sums, out + 15 * SLOT, LITTLE_ENDIAN);
        a8.intoMemorySegment(sums, out + 16 * SLOT, LITTLE_ENDIAN);
        b8.intoMemorySegment(sums, out + 17 * SLOT, LITTLE_ENDIAN);
        a9.intoMemorySegment(sums, out + 18 * SLOT, LITTLE_ENDIAN);
        b9.intoMemorySegment(sums, out + 19 * SLOT, LITTLE_ENDIAN);
        a10.intoMemorySegment(sums, out + 20 * SLOT, LITTLE_ENDIAN);
        b10.intoMemorySegment(sums, out + 21 * SLOT, LITTLE_ENDIAN);
        a11.intoMemorySegment(sums, out + 22 * SLOT, LITTLE_ENDIAN);
        b11.intoMemorySegment(sums, out + 23 * SLOT, LITTLE_ENDIAN);
    }

    /** One lane of 4 rows and three vectors of outputs: 12 sums and 4 operands, for 16 vector registers. */
    private static void lane4x3(float[] x, int x0, MemorySegment w, long w0, long w1, long w2, int groups,
            MemorySegment sums, long out) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector c0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector c1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector c2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        FloatVector b3 = FloatVector.zero(FLOATS);
        FloatVector c3 = FloatVector.zero(FLOATS);
        for (int g = 0; g < groups; g++) {
            long k = (long) g << SLOT_SHIFT;
            FloatVector wa = FloatVector.fromMemorySegment(FLOATS, w, w0 + k, LITTLE_ENDIAN);
            FloatVector wb = FloatVector.fromMemorySegment(FLOATS, w, w1 + k, LITTLE_ENDIAN);
            FloatVector wc = FloatVector.fromMemorySegment(FLOATS, w, w2 + k, LITTLE_ENDIAN);
            int i = g << 2;
            FloatVector e0 = FloatVector.broadcast(FLOATS, x[x0 + i]);
            a0 = wa.fma(e0, a0);
            b0 = wb.fma(e0, b0);
            c0 = wc.fma(e0, c0);
            FloatVector e1 = FloatVector.broadcast(FLOATS, x[x0 + i + 1]);
            a1 = wa.fma(e1, a1);
            b1 = wb.fma(e1, b1);
            c1 = wc.fma(e1, c1);
            FloatVector e2 = FloatVector.broadcast(FLOATS, x[x0 + i + 2]);
            a2 = wa.fma(e2, a2);
            b2 = wb.fma(e2, b2);
            c2 = wc.fma(e2, c2);
            FloatVector e3 = FloatVector.broadcast(FLOATS, x[x0 + i + 3]);
            a3 = wa.fma(e3, a3);
            b3 = wb.fma(e3, b3);
            c3 = wc.fma(e3, c3);
        }
        a0.intoMemorySegment(sums, out, LITTLE_ENDIAN);
        b0.intoMemorySegment(sums, out + 1 * SLOT, LITTLE_ENDIAN);
        c0.intoMemorySegment(sums, out + 2 * SLOT, LITTLE_ENDIAN);
        a1.intoMemorySegment(sums, out + 3 * SLOT, LITTLE_ENDIAN);
        b1.intoMemorySegment(sums, out + 4 * SLOT, LITTLE_ENDIAN);
        c1.intoMemorySegment(sums, out + 5 * SLOT, LITTLE_ENDIAN);
        a2.intoMemorySegment(sums, out + 6 * SLOT, LITTLE_ENDIAN);
        b2.intoMemorySegment(sums, out + 7 * SLOT, LITTLE_ENDIAN);
        c2.intoMemorySegment(sums, out + 8 * SLOT, LITTLE_ENDIAN);
        a3.intoMemorySegment(sums, out + 9 * SLOT, LITTLE_ENDIAN);
        b3.intoMemorySegment(sums, out + 10 * SLOT, LITTLE_ENDIAN);
        c3.intoMemorySegment(sums, out + 11 * SLOT, LITTLE_ENDIAN);
    }
}
