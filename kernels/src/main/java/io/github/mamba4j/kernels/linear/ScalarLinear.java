package io.github.mamba4j.kernels.linear;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.DotProduct;

/** {@link Linear} as plain loops. */
final class ScalarLinear implements Linear {
    /** Rows that stay in one thread. */
    private static final int GRAIN = 8;

    @Override
    public void matmul(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol, int firstRow,
            int rowCount, Scratch scratch) {
        LinearChecks.matmul(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount);
        float[] lanes = scratch.row();
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int o = outFrom; o < outTo; o++) {
                DotProduct.clear(lanes);
                for (int k = 0; k < w.cols(); k++) {
                    DotProduct.accumulate(lanes, k, x.data()[x.index(r, xCol + k)], w.get(o, k));
                }
                DotProduct.pad(lanes, w.cols());
                y.data()[y.index(r, yCol + o)] = DotProduct.fold(lanes);
            }
        }
    }

    /** Nothing is packed. */
    @Override
    public boolean beginPacking(Activations x, int xCol, int cols, int rows, PackedRows to) {
        to.begin(x, xCol, cols, rows, GRAIN);
        return false;
    }

    @Override
    public void packRows(PackedRows to, int firstRow, int rowCount, Scratch scratch) {
        LinearChecks.packRows(to, firstRow, rowCount);
    }

    @Override
    public void matmul(Matrix w, int outFrom, int outTo, PackedRows x, Activations y, int yCol, int firstRow,
            int rowCount, Scratch scratch) {
        LinearChecks.matmul(w, x, firstRow, rowCount);
        matmul(w, outFrom, outTo, x.source(), x.col(), y, yCol, firstRow, rowCount, scratch);
    }
}
