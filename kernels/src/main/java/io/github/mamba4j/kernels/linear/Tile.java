package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.math.DotProduct.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.Rows;
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
 * leave as whole vectors. Both operands are packed in the order in which they are read, so that each is a single stream:
 *
 * <pre>
 * panel of activations   [16 lanes][group][rows], and room for two numbers after each lane if there are 6 rows
 * panel of weights       [16 lanes][group][outputs], and room for a group more after each lane if there are 6 rows
 * </pre>
 */
final class Tile {
    /** Rows of a tile, and vectors of outputs: their sums fill 24 of 32 registers, or 12 of 16. */
    static final int ROWS = VectorWidth.MANY_REGISTERS ? 8 : 6;
    static final int VECTORS = VectorWidth.MANY_REGISTERS ? 3 : 2;
    /** Outputs of a tile. */
    static final int OUTS = VECTORS * VectorWidth.LANES;
    /** Panels have a multiple of so many groups, because the loops take four at once. */
    static final int GROUPS = 4;
    private static final int SLOT = VectorWidth.LANES * Float.BYTES;
    /** Bytes of one lane's sums. */
    private static final int PART = ROWS * OUTS * Float.BYTES;
    /** Bytes of all lanes' sums. */
    static final int SUMS_BYTES = LANES * PART;

    private Tile() {}

    /** The size of a panel of weights, which is their distance as well. */
    static int panelFloats(int groups) {
        return VectorWidth.MANY_REGISTERS ? LANES * groups * OUTS : LANES * Tile6x2.laneFloats(groups);
    }

    /**
     * Computes a tile, and writes those of its results that count.
     *
     * @param x panels of activations
     * @param xAt where the tile's panel begins
     * @param scratch has the panels of weights
     * @param wAt where the tile's panel begins, in floats
     * @param groups groups of the summed dimension, a multiple of {@link #GROUPS}
     * @param rows rows that count
     * @param outs outputs that count
     * @param y where they go, row after row
     * @param at index of the first
     * @param stride from row to row
     */
    static void multiply(float[] x, int xAt, VectorScratch scratch, int wAt, int groups, int rows, int outs, float[] y,
            int at, int stride) {
        if (VectorWidth.MANY_REGISTERS) {
            Tile8x3.multiply(x, xAt, ROWS, scratch.weights, (long) wAt * Float.BYTES, VECTORS * SLOT, groups,
                    scratch.lanes);
            finish(scratch.lanes, rows, outs, y, at, stride, scratch.row);
        } else {
            Tile6x2.multiply(x, xAt, scratch.weightArray, wAt, groups, scratch.tile);
            copy(scratch.tile, rows, outs, y, at, stride);
        }
    }

    /** Writes the results of {@link Tile6x2}. */
    private static void copy(float[] sums, int rows, int outs, float[] y, int at, int stride) {
        if (rows == ROWS && outs == OUTS) {
            for (int r = 0; r < ROWS; r++) {
                FloatVector a = FloatVector.fromArray(FLOATS, sums, r * OUTS);
                FloatVector b = FloatVector.fromArray(FLOATS, sums, r * OUTS + VectorWidth.LANES);
                a.intoArray(y, at + r * stride);
                b.intoArray(y, at + r * stride + VectorWidth.LANES);
            }
        } else {
            for (int r = 0; r < rows; r++) {
                System.arraycopy(sums, r * OUTS, y, at + r * stride, outs);
            }
        }
    }

    /** Folds the lanes of {@link Tile8x3}, and writes the results; {@code edge} has room for a vector. */
    private static void finish(MemorySegment sums, int rows, int outs, float[] y, int at, int stride, float[] edge) {
        sums.isNative(); // for the compiler: see PanamaKernels
        for (int r = 0; r < rows; r++) {
            for (int v = 0; v < VECTORS; v++) {
                long s = (long) (r * VECTORS + v) * SLOT;
                FloatVector quarter0 = FloatVector.fromMemorySegment(FLOATS, sums, s, LITTLE_ENDIAN)
                        .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 8 * PART, LITTLE_ENDIAN))
                        .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 4 * PART, LITTLE_ENDIAN)
                                .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 12 * PART, LITTLE_ENDIAN)));
                FloatVector quarter1 = FloatVector.fromMemorySegment(FLOATS, sums, s + PART, LITTLE_ENDIAN)
                        .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 9 * PART, LITTLE_ENDIAN))
                        .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 5 * PART, LITTLE_ENDIAN)
                                .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 13 * PART, LITTLE_ENDIAN)));
                FloatVector quarter2 = FloatVector.fromMemorySegment(FLOATS, sums, s + 2 * PART, LITTLE_ENDIAN)
                        .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 10 * PART, LITTLE_ENDIAN))
                        .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 6 * PART, LITTLE_ENDIAN)
                                .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 14 * PART, LITTLE_ENDIAN)));
                FloatVector quarter3 = FloatVector.fromMemorySegment(FLOATS, sums, s + 3 * PART, LITTLE_ENDIAN)
                        .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 11 * PART, LITTLE_ENDIAN))
                        .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 7 * PART, LITTLE_ENDIAN)
                                .add(FloatVector.fromMemorySegment(FLOATS, sums, s + 15 * PART, LITTLE_ENDIAN)));
                FloatVector sum = quarter0.add(quarter2).add(quarter1.add(quarter3));
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
}
