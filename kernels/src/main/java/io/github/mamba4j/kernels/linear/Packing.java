package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.linear.Tile.OUTS;
import static io.github.mamba4j.kernels.linear.Tile.ROWS;
import static io.github.mamba4j.kernels.linear.Tile.VECTORS;
import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.math.DotProduct.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.Rows;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Brings operands into the panels of {@link Tile}: widened to float32, transposed, and the summed dimension filled
 * up with zeros. Where a tile has more rows or outputs than there are, the last is packed again; what comes of it is not
 * looked at.
 *
 * <p>Rows are transposed in squares, 8 at a time. If a tile has 6, what comes of the last two is stored where the next group
 * of 6 will be, before that is; and after the last group of a lane there is room for it.
 */
final class Packing {
    private static final int WIDTH = VectorWidth.LANES;
    private static final int SLOT = WIDTH * Float.BYTES;
    /** Rows that are read for a panel. */
    private static final int TRANSPOSED_ROWS = 8;
    /** Rows and groups of activations that are transposed at once: one group or two. */
    private static final int SQUARE_ROWS = Math.min(WIDTH, TRANSPOSED_ROWS);
    private static final int SQUARE_GROUPS = WIDTH / SQUARE_ROWS;
    /** Columns of weights that {@link #packWidened} packs at a time, whole groups; and the distance of their rows. */
    private static final int COLUMNS = 2048;
    private static final int STAGE_ROW = COLUMNS + 16;

    private Packing() {}

    /** The groups of 16 that panels of so many columns have. */
    static int groups(int cols) {
        return Math.ceilDiv(cols, Tile.GROUPS * LANES) * Tile.GROUPS;
    }

    /** The distance of lanes in a panel of activations. */
    static int laneFloats(int groups) {
        return groups * ROWS + TRANSPOSED_ROWS - ROWS;
    }

    /** The size of a panel of activations, which is their distance as well. */
    static int panelFloats(int groups) {
        return LANES * laneFloats(groups);
    }

    /** The floats that the panels of so many rows take; and where the panel of a row begins, if it is the first of one. */
    static long floatsOfPanels(int rows, int cols) {
        return Math.ceilDiv(rows, ROWS) * (long) panelFloats(groups(cols));
    }

    /**
     * Packs columns {@code [col, col + cols)} of some rows: one panel after another. Whole panels are read where they are,
     * the others are filled up first.
     *
     * @param to where the panels go
     * @param toAt where the panel of the first row begins
     */
    static void packRows(Activations x, int firstRow, int rows, int col, int cols, float[] to, int toAt,
            VectorScratch scratch) {
        int groups = groups(cols);
        int padded = groups * LANES;
        for (int r = 0; r < rows; r += ROWS) {
            int panel = toAt + r / ROWS * panelFloats(groups);
            if (cols == padded && r + TRANSPOSED_ROWS <= rows) {
                packPanel(x.data(), x.index(firstRow + r, col), x.cols(), to, panel, groups);
            } else {
                for (int i = 0; i < TRANSPOSED_ROWS; i++) {
                    int from = x.index(firstRow + Math.min(r + i, rows - 1), col);
                    System.arraycopy(x.data(), from, scratch.stage, i * padded, cols);
                    fillUp(scratch.stage, i * padded, cols, padded);
                }
                packPanel(scratch.stage, 0, padded, to, panel, groups);
            }
        }
    }

    /**
     * Fills a row up. A canonical dot product ends with zeros up to a whole group, which turn a lane of -0 (from products
     * too small for a float) into +0. The groups that only a panel has must not: -0 times the weights' +0 changes no sum.
     */
    static void fillUp(float[] row, int at, int cols, int padded) {
        int whole = Math.ceilDiv(cols, LANES) * LANES;
        Arrays.fill(row, at + cols, at + whole, 0f);
        Arrays.fill(row, at + whole, at + padded, -0f);
    }

    /** Packs rows that are so many floats apart, the last ones first, as what they leave over is in the first ones' place. */
    private static void packPanel(float[] rows, int at, int distance, float[] to, int panel, int groups) {
        int far = SQUARE_GROUPS > 1 ? LANES : WIDTH / 2 * distance;
        int lane = laneFloats(groups);
        for (int j = 0; j < LANES; j += WIDTH) {
            for (int r = TRANSPOSED_ROWS - SQUARE_ROWS; r >= 0; r -= SQUARE_ROWS) {
                Transpose.transpose(rows, at + r * distance + j, distance, far, SQUARE_GROUPS * LANES, to,
                        panel + j * lane + r, lane, SQUARE_GROUPS * ROWS, groups / SQUARE_GROUPS);
            }
        }
    }

    /** Packs and widens some rows of weights: one panel after another, to whole tiles. */
    static void packWeights(Matrix w, int firstOut, int outs, VectorScratch scratch) {
        if (VectorWidth.MANY_REGISTERS) {
            packVectors(w, firstOut, outs, scratch);
        } else {
            packPanels(w, firstOut, outs, scratch);
        }
    }

    /** By panels. */
    private static void packPanels(Matrix w, int firstOut, int outs, VectorScratch scratch) {
        int panel = Tile.panelFloats(groups(w.cols()));
        for (int o = 0; o < outs; o += OUTS) {
            packWidened(w, firstOut + o, firstOut + outs - 1, o / OUTS * panel, scratch);
        }
    }

    /**
     * Some columns of a panel at a time, so that they are still in the second-level cache when they are transposed. The rows are a
     * cache line further apart than they are long: a power of two apart, they would go to the same few places of the cache.
     */
    private static void packWidened(Matrix w, int firstOut, int lastOut, int to, VectorScratch scratch) {
        int groups = groups(w.cols());
        int padded = groups * LANES;
        int lane = Tile6x2.laneFloats(groups);
        for (int c = 0; c < padded; c += COLUMNS) {
            int n = Math.min(COLUMNS, padded - c);
            for (int i = 0; i < OUTS; i++) {
                Widening.widenColumns(w, Math.min(firstOut + i, lastOut), c, n, scratch.stage, i * STAGE_ROW);
            }
            for (int j = 0; j < LANES; j += WIDTH) {
                for (int i = 0; i < OUTS; i += WIDTH) {
                    Transpose.transpose(scratch.stage, i * STAGE_ROW + j, STAGE_ROW, WIDTH / 2 * STAGE_ROW, LANES,
                            scratch.weightArray, to + j * lane + c / LANES * OUTS + i, lane, OUTS, n / LANES);
                }
            }
        }
    }

    /** By vectors of outputs. */
    private static void packVectors(Matrix w, int firstOut, int outs, VectorScratch scratch) {
        int groups = groups(w.cols());
        int padded = groups * LANES;
        int vectors = Math.ceilDiv(outs, OUTS) * VECTORS;
        boolean wholeSquares = StoredRows.fits(w) && padded == w.cols();
        for (int v = 0; v < vectors; v++) {
            int to = (v / VECTORS * padded * VECTORS + v % VECTORS) * WIDTH;
            if (wholeSquares && (v + 1) * WIDTH <= outs) {
                StoredRows.pack(w, firstOut + v * WIDTH, scratch.weights, (long) to * Float.BYTES,
                        VECTORS * SLOT, (long) groups * VECTORS * SLOT, scratch.square);
            } else {
                packFilledUp(w, firstOut + v * WIDTH, firstOut + outs - 1, to, scratch);
            }
        }
    }

    /** One vector of outputs: as many as there are up to the last, and the last again; and columns up to a whole group. */
    private static void packFilledUp(Matrix w, int firstOut, int lastOut, int to, VectorScratch scratch) {
        int groups = groups(w.cols());
        int padded = groups * LANES;
        for (int i = 0; i < WIDTH; i++) {
            Widening.widenColumns(w, Math.min(firstOut + i, lastOut), 0, padded, scratch.stage, i * padded);
        }
        int stride = groups * VECTORS * WIDTH;
        for (int g = 0; g < groups; g++) {
            for (int j = 0; j < LANES; j += WIDTH) {
                Transpose.transpose(scratch.stage, g * LANES + j, padded, WIDTH / 2 * padded, 0, scratch.block, 0,
                        WIDTH, 0, 1);
                spread(scratch.block, scratch.weights, (long) (to + j * stride + g * VECTORS * WIDTH) * Float.BYTES,
                        (long) stride * Float.BYTES);
            }
        }
    }

    private static void spread(float[] block, MemorySegment to, long at, long stride) {
        to.isNative(); // for the compiler: see PanamaKernels
        for (int i = 0; i < WIDTH; i++) {
            FloatVector.fromArray(FLOATS, block, i * WIDTH).intoMemorySegment(to, at + i * stride, LITTLE_ENDIAN);
        }
    }
}
