package io.github.mamba4j.kernels.math;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;

/**
 * Sums and products of rows, element by element. Thread-safe; see {@link io.github.mamba4j.kernels.Kernels} for ranges and
 * refusals.
 */
public sealed interface Rows permits ScalarRows, PanamaRows {
    /**
     * The plain loops.
     *
     * @return the definition of this operation
     */
    static Rows scalar() {
        return new ScalarRows();
    }

    /**
     * The loops on the Vector API, which must be there.
     *
     * @return an implementation with the same bits
     */
    static Rows vector() {
        return new PanamaRows();
    }

    /**
     * Adds columns of one matrix to another's: {@code y[r][c] = y[r][c] + x[r][c]}.
     *
     * @param x what is added
     * @param y what is added to; as wide as x
     * @param firstRow the first row
     * @param rowCount the number of rows
     * @param colFrom the first column
     * @param colTo the column after the last
     */
    void add(Activations x, Activations y, int firstRow, int rowCount, int colFrom, int colTo);

    /**
     * Adds multiples of columns of one matrix to another's: {@code y[r][c] = fma(scale, x[r][c], y[r][c])}.
     *
     * @param scale the factor of x
     * @param x what is added
     * @param y what is added to; as wide as x
     * @param firstRow the first row
     * @param rowCount the number of rows
     * @param colFrom the first column
     * @param colTo the column after the last
     */
    void addScaled(float scale, Activations x, Activations y, int firstRow, int rowCount, int colFrom, int colTo);

    /**
     * Adds a bias to columns of every row: {@code y[r][yCol + o] = y[r][yCol + o] + bias[o]}.
     *
     * @param bias the bias
     * @param y what is added to
     * @param yCol the column of y that holds output 0
     * @param firstRow the first row
     * @param rowCount the number of rows
     * @param outFrom the first output
     * @param outTo the output after the last
     */
    void addBias(float[] bias, Activations y, int yCol, int firstRow, int rowCount, int outFrom, int outTo);

    /**
     * Multiplies columns of one matrix by another's: {@code y[r][yCol + c] = y[r][yCol + c] * x[r][xCol + c]}.
     *
     * @param x the factors
     * @param xCol the first column of x
     * @param y what is multiplied; may be x in other columns
     * @param yCol the first column of y
     * @param cols the number of columns
     * @param firstRow the first row
     * @param rowCount the number of rows
     */
    void multiply(Activations x, int xCol, Activations y, int yCol, int cols, int firstRow, int rowCount);

    /**
     * Gates columns: {@code y[r][yCol + c] = y[r][yCol + c] * silu(z[r][zCol + c])}.
     *
     * @param z the gate
     * @param zCol the first column of z
     * @param y what is gated; may be z in other columns
     * @param yCol the first column of y
     * @param cols the number of columns
     * @param firstRow the first row
     * @param rowCount the number of rows
     * @param scratch working memory of the calling thread
     */
    void gate(Activations z, int zCol, Activations y, int yCol, int cols, int firstRow, int rowCount, Scratch scratch);

    /**
     * Gates columns by a sigmoid: {@code y[r][yCol + c] = y[r][yCol + c] * sigmoid(z[r][zCol + c])}, see
     * {@link ScalarMath#sigmoid}.
     *
     * @param z the gate
     * @param zCol the first column of z
     * @param y what is gated; may be z in other columns
     * @param yCol the first column of y
     * @param cols the number of columns
     * @param firstRow the first row
     * @param rowCount the number of rows
     * @param scratch working memory of the calling thread
     */
    void sigmoidGate(Activations z, int zCol, Activations y, int yCol, int cols, int firstRow, int rowCount,
            Scratch scratch);

    /**
     * Squares what is positive: {@code x[r][col + c] = max(x[r][col + c], 0)^2}.
     *
     * @param x the values
     * @param col the first column
     * @param cols the number of columns
     * @param firstRow the first row
     * @param rowCount the number of rows
     */
    default void squaredRelu(Activations x, int col, int cols, int firstRow, int rowCount) {
        Ranges.check(x, firstRow, rowCount, col, cols);
        float[] data = x.data();
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            // Two operations an element: compilers make vectors of this loop by themselves.
            int end = x.index(r, col) + cols;
            for (int i = end - cols; i < end; i++) {
                float positive = Math.max(data[i], 0f);
                data[i] = positive * positive;
            }
        }
    }

    /**
     * Copies one row of a stored matrix into a row of activations, widened to float32:
     * {@code y[yRow][k] = w[row][k] * scale}.
     *
     * @param w the stored matrix
     * @param row the row of w
     * @param scale the factor; 1 changes nothing
     * @param y the output, as wide as w
     * @param yRow the row of y
     */
    void widenRow(Matrix w, int row, float scale, Activations y, int yRow);
}
