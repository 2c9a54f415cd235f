package io.github.mamba4j.kernels.linear;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.team.WorkQueue;

/**
 * {@link Linear} on the Vector API. This class checks the arguments and chooses; the work is done in a class per case:
 *
 * <ul>
 * <li>{@link OneRow512}, with {@link OneRow512Halves} for numbers of 16 bits: one row, as a decoding step has it, where a
 * vector holds the 16 lanes of a sum
 * <li>{@link OneRow256}, {@link OneRow256Halves}: the same where it takes several vectors
 * <li>{@link FewRows}: a few rows, as in decoding a batch, and one row that the above leave to it
 * <li>{@link ManyRows}, with {@link Packing}, {@link StoredRows} and {@link Tile}: a prompt
 * <li>{@link Fold}, {@link Transpose}, {@link Widening}: what these have in common
 * </ul>
 */
final class PanamaLinear implements Linear {
    /** The largest array length that every JVM supports. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    @Override
    public void matmul(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol, int firstRow,
            int rowCount, Scratch scratch) {
        LinearChecks.matmul(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount);
        if (rowCount == 1 && multiplyRow(w, outFrom, outTo, x.data(), x.index(firstRow, xCol), y.data(),
                y.index(firstRow, yCol), scratch.vectors())) {
            return;
        }
        if (rowCount <= FewRows.FEW || w.cols() > ManyRows.MAX_COLS) {
            FewRows.multiply(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount, scratch.vectors());
        } else {
            ManyRows.multiply(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount, scratch.vectors());
        }
    }

    /** Whether it could be done: some kernels for one row leave numbers that are not finite, or too large, to others. */
    private static boolean multiplyRow(Matrix w, int outFrom, int outTo, float[] x, int xAt, float[] y, int yAt,
            VectorScratch scratch) {
        if (VectorWidth.PARTS == 1) {
            return OneRow512.multiply(w, outFrom, outTo, x, xAt, y, yAt, scratch);
        }
        if (w.dtype() == DType.F32) {
            OneRow256.multiply(w, outFrom, outTo, x, xAt, y, yAt, scratch);
            return true;
        }
        return OneRow256Halves.fits(w) && OneRow256Halves.multiply(w, outFrom, outTo, x, xAt, y, yAt, scratch);
    }

    @Override
    public int leastOutputs(int rows) {
        return WorkQueue.areMany(rows) ? ManyRows.LEAST_OUTPUTS : Linear.super.leastOutputs(rows);
    }

    @Override
    public boolean beginPacking(Activations x, int xCol, int cols, int rows, PackedRows to) {
        to.begin(x, xCol, cols, rows, Tile.ROWS);
        long floats = Packing.floatsOfPanels(rows, cols);
        if (rows <= FewRows.FEW || cols > ManyRows.MAX_COLS || floats > MAX_ARRAY) {
            return false;
        }
        to.reserve((int) floats);
        return true;
    }

    @Override
    public void packRows(PackedRows to, int firstRow, int rowCount, Scratch scratch) {
        LinearChecks.packRows(to, firstRow, rowCount);
        if (to.isPacked()) {
            ManyRows.pack(to, firstRow, rowCount, scratch.vectors());
        }
    }

    @Override
    public void matmul(Matrix w, int outFrom, int outTo, PackedRows x, Activations y, int yCol, int firstRow,
            int rowCount, Scratch scratch) {
        LinearChecks.matmul(w, x, firstRow, rowCount);
        if (x.isPacked() && firstRow % x.grain() == 0) {
            LinearChecks.matmul(w, outFrom, outTo, x.source(), x.col(), y, yCol, firstRow, rowCount);
            ManyRows.multiply(w, outFrom, outTo, x, y, yCol, firstRow, rowCount, scratch.vectors());
        } else {
            matmul(w, outFrom, outTo, x.source(), x.col(), y, yCol, firstRow, rowCount, scratch);
        }
    }
}
