package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.PanamaTile.CELLS;
import static io.github.mamba4j.kernels.PanamaTile.OUTS;
import static io.github.mamba4j.kernels.PanamaTile.ROWS;
import static io.github.mamba4j.kernels.PanamaTile.ROW_GROUP_SHIFT;
import static io.github.mamba4j.kernels.PanamaTile.SLOT;
import static io.github.mamba4j.kernels.PanamaTile.SUMS;
import static io.github.mamba4j.kernels.PanamaTile.WEIGHT_GROUP_SHIFT;

/**
 * The product of several rows of activations and a matrix, by tiles of packed panels.
 *
 * <pre>
 * for each block of rows that fits the second-level cache:      pack its rows
 *   for each 6 outputs:                                         pack (and widen) their weights
 *     for each block of the summed dimension that fits the first-level cache:
 *       for each 4 rows: PanamaTile
 *     fold the sums, write the results
 * </pre>
 *
 * The 16 partial sums of every element are kept between the blocks of the summed dimension, so blocking does not change
 * a bit. Weights are widened once for all rows of a block.
 */
final class PanamaMatmul {
    private static final int LANES = ScalarKernels.LANES;
    /** Groups of 16 inputs in a block: 6 panels of weights and 4 of rows take 30 KB. */
    private static final int BLOCK_GROUPS = 48;
    /**
     * Up to so many rows, reading the weights takes longer than multiplying. Then the six outputs of a panel are taken
     * from six stretches of the matrix, so that memory is read in long streams as in {@link PanamaMatvec}. With more
     * rows, neighbouring outputs are better: their results are neighbours too.
     */
    private static final int FEW_ROWS = 32;
    /** The most inputs that panels have room for. Wider matrices go row by row. */
    static final int MAX_COLS = Scratch.WEIGHTS_BYTES >> WEIGHT_GROUP_SHIFT << 4;

    private PanamaMatmul() {}

    /** {@link Kernels#matmul} for matrices of up to {@link #MAX_COLS} columns; the arguments are checked. */
    static void multiply(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol,
            int firstRow, int rowCount, Scratch scratch) {
        int groups = Math.ceilDiv(w.cols(), LANES);
        int tiles = Scratch.ROWS_BYTES / (groups << ROW_GROUP_SHIFT);
        // Blocks of equal size: a small last block would widen all weights for little.
        int blocks = Math.ceilDiv(rowCount, tiles * ROWS);
        int blockRows = Math.ceilDiv(Math.ceilDiv(rowCount, blocks), ROWS) * ROWS;
        for (int r = 0; r < rowCount; r += blockRows) {
            int rows = Math.min(blockRows, rowCount - r);
            PanamaPacking.packRows(x, firstRow + r, rows, xCol, w.cols(), groups, scratch.rows);
            int stretch = rows <= FEW_ROWS ? (outTo - outFrom) / OUTS : 0;
            for (int o = outFrom; o < outFrom + stretch; o++) {
                multiplyPanel(w, o, stretch, OUTS, y, yCol, firstRow + r, rows, scratch);
            }
            for (int o = outFrom + stretch * OUTS; o < outTo; o += OUTS) {
                multiplyPanel(w, o, 1, Math.min(OUTS, outTo - o), y, yCol, firstRow + r, rows, scratch);
            }
        }
    }

    /** All packed rows times up to six outputs that are {@code distance} apart. */
    private static void multiplyPanel(Matrix w, int firstOut, int distance, int outs, Activations y, int yCol,
            int firstRow, int rows, Scratch scratch) {
        int groups = Math.ceilDiv(w.cols(), LANES);
        PanamaPacking.packWeights(w, firstOut, distance, outs, groups, scratch.weights);
        for (int i = 0; i < rows; i += Scratch.TILES * ROWS) {
            int count = Math.min(Scratch.TILES * ROWS, rows - i);
            multiplyTiles(groups, i / ROWS, Math.ceilDiv(count, ROWS), scratch);
            store(scratch.folded, y, firstRow + i, count, yCol + firstOut, distance, outs);
        }
    }

    /** Some tiles of a panel of weights: few enough that their sums stay in the first-level cache. */
    private static void multiplyTiles(int groups, int firstTile, int tiles, Scratch scratch) {
        long panelBytes = (long) groups << ROW_GROUP_SHIFT;
        int step = Math.ceilDiv(groups, Math.ceilDiv(groups, BLOCK_GROUPS));
        for (int g = 0; g < groups; g += step) {
            int count = Math.min(step, groups - g);
            for (int tile = 0; tile < tiles; tile++) {
                long panel = (firstTile + tile) * panelBytes;
                int sums = Scratch.FIRST_SUM + tile * SUMS;
                PanamaTile.multiply(scratch.rows, panel + ((long) g << ROW_GROUP_SHIFT), scratch.weights,
                        (long) g << WEIGHT_GROUP_SHIFT, count, scratch.sums, g == 0 ? 0 : sums, scratch.sums, sums);
            }
        }
        PanamaFold.fold(scratch.sums, Scratch.FIRST_SUM, tiles * CELLS, scratch.folded);
    }

    /** Writes the results of the tiles, 4 rows by 6 outputs each, where they belong. */
    private static void store(float[] results, Activations y, int firstRow, int rows, int col, int distance, int outs) {
        for (int r = 0; r < rows; r++) {
            int from = r * OUTS;
            int to = y.index(firstRow + r, col);
            for (int o = 0; o < outs; o++) {
                y.data()[to + o * distance] = results[from + o];
            }
        }
    }
}
