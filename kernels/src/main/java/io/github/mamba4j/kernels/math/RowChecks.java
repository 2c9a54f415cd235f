package io.github.mamba4j.kernels.math;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import java.util.Objects;

/** The checks of {@link Rows}, the same for every implementation. */
final class RowChecks {
    private RowChecks() {}

    static void add(Activations x, Activations y, int firstRow, int rowCount, int colFrom, int colTo) {
        if (x.cols() != y.cols()) {
            throw new IllegalArgumentException("add: expected " + y.cols() + " columns, found " + x.cols());
        }
        Objects.checkFromToIndex(colFrom, colTo, x.cols());
        Ranges.check(x, firstRow, rowCount, colFrom, colTo - colFrom);
        Ranges.check(y, firstRow, rowCount, colFrom, colTo - colFrom);
    }

    static void addBias(float[] bias, Activations y, int yCol, int firstRow, int rowCount, int outFrom, int outTo) {
        Objects.checkFromToIndex(outFrom, outTo, bias.length);
        Ranges.check(y, firstRow, rowCount, yCol + outFrom, outTo - outFrom);
    }

    static void multiply(String operation, Activations x, int xCol, Activations y, int yCol, int cols, int firstRow,
            int rowCount) {
        Ranges.check(x, firstRow, rowCount, xCol, cols);
        Ranges.check(y, firstRow, rowCount, yCol, cols);
        Ranges.checkInPlace(operation, x, xCol, y, yCol, cols);
    }

    static void widenRow(Matrix w, int row, Activations y, int yRow) {
        Objects.checkIndex(row, w.rows());
        if (y.cols() != w.cols()) {
            throw new IllegalArgumentException("widenRow: expected " + w.cols() + " columns, found " + y.cols());
        }
        Ranges.check(y, yRow, 1, 0, y.cols());
    }
}
