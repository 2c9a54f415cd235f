package io.github.mamba4j.kernels.linear;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.team.WorkQueue;

/**
 * Products of rows of activations and matrices of weights.
 * Thread-safe; see {@link io.github.mamba4j.kernels.Kernels} for ranges and refusals.
 */
public sealed interface Linear permits ScalarLinear, PanamaLinear {
    /**
     * The plain loops.
     *
     * @return the definition of this operation
     */
    static Linear scalar() {
        return new ScalarLinear();
    }

    /**
     * The loops on the Vector API, which must be there.
     *
     * @return an implementation with the same bits
     */
    static Linear vector() {
        return new PanamaLinear();
    }

    /**
     * Multiplies rows of activations by rows of a weight matrix:
     * {@code y[r][yCol + o] = dot(x[r][xCol .. xCol + w.cols], w[o])} for the given rows r and for
     * {@code outFrom <= o < outTo}. Few rows (a decoding step) read the weights once, straight from where they are
     * stored; many rows go through packed panels. Same bits either way.
     *
     * @param w the weights, {@code [out, in]}
     * @param outFrom the first output
     * @param outTo the output after the last
     * @param x the input
     * @param xCol the column of x where the input begins
     * @param y the output; must not be {@code x}
     * @param yCol the column of y where output 0 goes; negative, if the first outputs are not asked for and have no room
     * @param firstRow the first row of x and y
     * @param rowCount the number of rows
     * @param scratch working memory of the calling thread
     */
    void matmul(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol, int firstRow,
            int rowCount, Scratch scratch);

    /**
     * The smallest piece of the outputs of a product that is worth a turn of a thread: see {@link WorkQueue#begin}. The smaller it
     * is, the less do threads wait for the last one; but the rows are read again for each piece.
     *
     * @param rows the number of rows that are multiplied
     * @return the number of outputs
     */
    default int leastOutputs(int rows) {
        return WorkQueue.areMany(rows) ? WorkQueue.LEAST_OF_MANY_ROWS : WorkQueue.LEAST_OF_FEW_ROWS;
    }

    /**
     * Prepares the first rows of activations for products that read them more than once. See {@link PackedRows}.
     *
     * @param x the activations
     * @param xCol the first column that is multiplied
     * @param cols how many columns are multiplied
     * @param rows how many rows
     * @param to what the products will read
     * @return whether {@link #packRows} has to be called for all of the rows before the first product
     */
    boolean beginPacking(Activations x, int xCol, int cols, int rows, PackedRows to);

    /**
     * Packs some of the rows; does nothing if {@link #beginPacking} has not asked for it. Threads may do this at once for
     * different rows.
     *
     * @param to what to pack, and where to
     * @param firstRow the first row, a multiple of {@link PackedRows#grain}
     * @param rowCount the number of rows, a multiple of it too unless they are the last
     * @param scratch working memory of the calling thread
     */
    void packRows(PackedRows to, int firstRow, int rowCount, Scratch scratch);

    /**
     * The product of {@link #matmul(Matrix, int, int, Activations, int, Activations, int, int, int, Scratch)}, to the same
     * bits, of prepared rows.
     *
     * @param w the weights, as wide as the prepared rows
     * @param outFrom the first output
     * @param outTo the output after the last
     * @param x the prepared rows
     * @param y the output; must not be what was prepared
     * @param yCol the column of y where output 0 goes, perhaps negative as above
     * @param firstRow the first row of x and y
     * @param rowCount the number of rows
     * @param scratch working memory of the calling thread
     */
    void matmul(Matrix w, int outFrom, int outTo, PackedRows x, Activations y, int yCol, int firstRow, int rowCount,
            Scratch scratch);
}
