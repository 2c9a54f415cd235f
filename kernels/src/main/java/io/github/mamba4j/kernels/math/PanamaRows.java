package io.github.mamba4j.kernels.math;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;

/** {@link Rows} on the Vector API. */
final class PanamaRows implements Rows {
    @Override
    public void add(Activations x, Activations y, int firstRow, int rowCount, int colFrom, int colTo) {
        RowChecks.add(x, y, firstRow, rowCount, colFrom, colTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            VectorRows.add(x.data(), x.index(r, colFrom), y.data(), y.index(r, colFrom), colTo - colFrom);
        }
    }

    @Override
    public void addScaled(float scale, Activations x, Activations y, int firstRow, int rowCount, int colFrom,
            int colTo) {
        RowChecks.add(x, y, firstRow, rowCount, colFrom, colTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            VectorRows.addScaled(x.data(), x.index(r, colFrom), scale, y.data(), y.index(r, colFrom), colTo - colFrom);
        }
    }

    @Override
    public void addBias(float[] bias, Activations y, int yCol, int firstRow, int rowCount, int outFrom, int outTo) {
        RowChecks.addBias(bias, y, yCol, firstRow, rowCount, outFrom, outTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            VectorRows.add(bias, outFrom, y.data(), y.index(r, yCol + outFrom), outTo - outFrom);
        }
    }

    @Override
    public void multiply(Activations x, int xCol, Activations y, int yCol, int cols, int firstRow, int rowCount) {
        RowChecks.multiply("multiply", x, xCol, y, yCol, cols, firstRow, rowCount);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            int at = y.index(r, yCol);
            VectorRows.multiply(y.data(), at, x.data(), x.index(r, xCol), y.data(), at, cols);
        }
    }

    @Override
    public void gate(Activations z, int zCol, Activations y, int yCol, int cols, int firstRow, int rowCount,
            Scratch scratch) {
        RowChecks.multiply("gate", z, zCol, y, yCol, cols, firstRow, rowCount);
        float[] gate = scratch.row();
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int c = 0; c < cols; c += Scratch.ROW) {
                int n = Math.min(Scratch.ROW, cols - c);
                int at = y.index(r, yCol + c);
                VectorMath.silu(z.data(), z.index(r, zCol + c), gate, 0, n);
                VectorRows.multiply(y.data(), at, gate, 0, y.data(), at, n);
            }
        }
    }

    @Override
    public void sigmoidGate(Activations z, int zCol, Activations y, int yCol, int cols, int firstRow, int rowCount,
            Scratch scratch) {
        RowChecks.multiply("gate", z, zCol, y, yCol, cols, firstRow, rowCount);
        float[] gate = scratch.row();
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int c = 0; c < cols; c += Scratch.ROW) {
                int n = Math.min(Scratch.ROW, cols - c);
                int at = y.index(r, yCol + c);
                VectorMath.sigmoid(z.data(), z.index(r, zCol + c), gate, 0, n);
                VectorRows.multiply(y.data(), at, gate, 0, y.data(), at, n);
            }
        }
    }

    @Override
    public void widenRow(Matrix w, int row, float scale, Activations y, int yRow) {
        RowChecks.widenRow(w, row, y, yRow);
        ScalarRows.copyRow(w, row, scale, y.data(), y.index(yRow, 0));
    }
}
