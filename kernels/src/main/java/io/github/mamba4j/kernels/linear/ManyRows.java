package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.linear.Tile.OUTS;
import static io.github.mamba4j.kernels.linear.Tile.ROWS;
import static io.github.mamba4j.kernels.math.DotProduct.LANES;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.team.WorkQueue;

/**
 * The product of many rows of activations and a matrix, by tiles of packed panels.
 *
 * <pre>
 * pack all rows (in blocks, where they are very many)
 * for each block of outputs that fits the second-level cache:   pack (and widen) their weights
 *   for each 8 rows (or 6):
 *     for each 48 outputs (or 16, or 8):   Tile
 * </pre>
 *
 * So every weight is read from memory and widened once for all rows of a pass, and a tile of 8 by 48 reads 19 bytes for
 * each of the cycles that its multiply-adds take, in two long streams.
 */
final class ManyRows {
    /** The most inputs that panels have room for. */
    static final int MAX_COLS = 8192;
    /**
     * Packed weights that stay in a core's second-level cache while rows pass by. Where registers are few, that is often one of
     * 512 KB.
     */
    static final int BLOCK = VectorWidth.MANY_REGISTERS ? 272 * 1024 : 64 * 1024;
    /** Outputs of many rows that are worth a thread's turn: whole tiles, and one where tiles are small. */
    static final int LEAST_OUTPUTS = VectorWidth.MANY_REGISTERS
            ? WorkQueue.LEAST_OF_MANY_ROWS
            : Math.max(OUTS, WorkQueue.GRAIN);

    private ManyRows() {}

    /** {@link Linear#matmul} for matrices of up to {@link #MAX_COLS} columns; the arguments are checked. */
    static void multiply(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol,
            int firstRow, int rowCount, VectorScratch scratch) {
        int rowStep = step(rowCount, ROWS, mostRows(w.cols()));
        for (int r = 0; r < rowCount; r += rowStep) {
            int rows = Math.min(rowStep, rowCount - r);
            scratch.reserveRows((int) Packing.floatsOfPanels(rows, w.cols()));
            Packing.packRows(x, firstRow + r, rows, xCol, w.cols(), scratch.rows(), 0, scratch);
            multiplyPacked(w, outFrom, outTo, scratch.rows(), 0, y, yCol, firstRow + r, rows, scratch);
        }
    }

    /** How many rows are packed at a time if their {@link PackedRows} are nobody's. */
    static int mostRows(int cols) {
        return VectorScratch.ROWS_FLOATS / Packing.panelFloats(Packing.groups(cols)) * ROWS;
    }

    /** Packs the share of a thread. */
    static void pack(PackedRows to, int firstRow, int rowCount, VectorScratch scratch) {
        Packing.packRows(to.source(), firstRow, rowCount, to.col(), to.cols(), to.panels(),
                panelsAt(to, firstRow), scratch);
    }

    /** The same product of rows that are packed already. */
    static void multiply(Matrix w, int outFrom, int outTo, PackedRows x, Activations y, int yCol, int firstRow,
            int rowCount, VectorScratch scratch) {
        multiplyPacked(w, outFrom, outTo, x.panels(), panelsAt(x, firstRow), y, yCol, firstRow, rowCount, scratch);
    }

    private static int panelsAt(PackedRows x, int firstRow) {
        return (int) Packing.floatsOfPanels(firstRow, x.cols());
    }

    private static void multiplyPacked(Matrix w, int outFrom, int outTo, float[] panels, int panelsAt, Activations y,
            int yCol, int firstRow, int rowCount, VectorScratch scratch) {
        int most = Math.max(OUTS, BLOCK / (Packing.groups(w.cols()) * LANES));
        int outStep = step(outTo - outFrom, OUTS, most);
        for (int o = outFrom; o < outTo; o += outStep) {
            int outs = Math.min(outStep, outTo - o);
            Packing.packWeights(w, o, outs, scratch);
            multiplyBlock(w.cols(), outs, panels, panelsAt, rowCount, y, firstRow, yCol + o, scratch);
        }
    }

    /** The size of blocks: whole tiles, at most {@code most}, all about equal, so that no small one is left over. */
    private static int step(int count, int tile, int most) {
        int blocks = Math.max(1, Math.ceilDiv(count, most / tile * tile));
        return Math.ceilDiv(Math.ceilDiv(count, blocks), tile) * tile;
    }

    /** All packed rows and weights. */
    private static void multiplyBlock(int cols, int outs, float[] panels, int panelsAt, int rows, Activations y,
            int firstRow, int firstCol, VectorScratch scratch) {
        int groups = Packing.groups(cols);
        for (int r = 0; r < rows; r += ROWS) {
            int panel = panelsAt + r / ROWS * Packing.panelFloats(groups);
            for (int o = 0; o < outs; o += OUTS) {
                Tile.multiply(panels, panel, scratch, o / OUTS * Tile.panelFloats(groups), groups,
                        Math.min(ROWS, rows - r), Math.min(OUTS, outs - o), y.data(),
                        y.index(firstRow + r, firstCol + o), y.cols());
            }
        }
    }
}
