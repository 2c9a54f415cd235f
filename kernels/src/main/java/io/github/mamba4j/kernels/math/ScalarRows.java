package io.github.mamba4j.kernels.math;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;

/** {@link Rows} as plain loops. */
final class ScalarRows implements Rows {
    @Override
    public void add(Activations x, Activations y, int firstRow, int rowCount, int colFrom, int colTo) {
        RowChecks.add(x, y, firstRow, rowCount, colFrom, colTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int i = y.index(r, colFrom); i < y.index(r, colTo); i++) {
                y.data()[i] += x.data()[i];
            }
        }
    }

    @Override
    public void addScaled(float scale, Activations x, Activations y, int firstRow, int rowCount, int colFrom,
            int colTo) {
        RowChecks.add(x, y, firstRow, rowCount, colFrom, colTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int i = y.index(r, colFrom); i < y.index(r, colTo); i++) {
                y.data()[i] = Math.fma(scale, x.data()[i], y.data()[i]);
            }
        }
    }

    @Override
    public void addBias(float[] bias, Activations y, int yCol, int firstRow, int rowCount, int outFrom, int outTo) {
        RowChecks.addBias(bias, y, yCol, firstRow, rowCount, outFrom, outTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int o = outFrom; o < outTo; o++) {
                y.data()[y.index(r, yCol + o)] += bias[o];
            }
        }
    }

    @Override
    public void multiply(Activations x, int xCol, Activations y, int yCol, int cols, int firstRow, int rowCount) {
        RowChecks.multiply("multiply", x, xCol, y, yCol, cols, firstRow, rowCount);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int c = 0; c < cols; c++) {
                y.data()[y.index(r, yCol + c)] *= x.data()[x.index(r, xCol + c)];
            }
        }
    }

    @Override
    public void gate(Activations z, int zCol, Activations y, int yCol, int cols, int firstRow, int rowCount,
            Scratch scratch) {
        RowChecks.multiply("gate", z, zCol, y, yCol, cols, firstRow, rowCount);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int c = 0; c < cols; c++) {
                y.data()[y.index(r, yCol + c)] *= ScalarMath.silu(z.data()[z.index(r, zCol + c)]);
            }
        }
    }

    @Override
    public void sigmoidGate(Activations z, int zCol, Activations y, int yCol, int cols, int firstRow, int rowCount,
            Scratch scratch) {
        RowChecks.multiply("gate", z, zCol, y, yCol, cols, firstRow, rowCount);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int c = 0; c < cols; c++) {
                y.data()[y.index(r, yCol + c)] *= ScalarMath.sigmoid(z.data()[z.index(r, zCol + c)]);
            }
        }
    }

    @Override
    public void widenRow(Matrix w, int row, float scale, Activations y, int yRow) {
        RowChecks.widenRow(w, row, y, yRow);
        copyRow(w, row, scale, y.data(), y.index(yRow, 0));
    }

    /** Widens and scales one row of a matrix. */
    static void copyRow(Matrix w, int row, float scale, float[] to, int at) {
        for (int k = 0; k < w.cols(); k++) {
            to[at + k] = w.get(row, k) * scale;
        }
    }
}
