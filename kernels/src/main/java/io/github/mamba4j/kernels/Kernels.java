package io.github.mamba4j.kernels;

/**
 * The numeric kernels a state-space model is made of. Two implementations give the same bits for the same input:
 * {@link ScalarKernels}, the readable definition, and {@link PanamaKernels}, the fast one; see the package page for the
 * rules of the arithmetic.
 *
 * <p>Kernels hold no state and are safe to share between threads. Each call works on the range of rows, outputs or
 * channels it is told, on the calling thread; {@link ThreadTeam} hands ranges to threads. Calls on disjoint ranges of
 * the same buffers may run at once, each with a {@link Scratch} of its own. Nothing is allocated.
 *
 * <p>Ranges are half-open. A range outside its buffer is refused with an {@link IndexOutOfBoundsException}, buffers that
 * do not fit each other with an {@link IllegalArgumentException}, before anything is written.
 */
public sealed interface Kernels permits ScalarKernels, PanamaKernels {
    /**
     * A short name: {@code scalar} or {@code panama}.
     *
     * @return the name
     */
    String name();

    /**
     * What runs, for people: the name and, where it matters, the vector width.
     *
     * @return for instance {@code panama (512-bit vectors)}
     */
    String description();

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
     * The smallest piece of the outputs of a product that is worth a turn of a thread: see {@link Turns#begin}. The smaller it
     * is, the less do threads wait for the last one; but the rows are read again for each piece.
     *
     * @param rows the number of rows that are multiplied
     * @return the number of outputs
     */
    default int leastOutputs(int rows) {
        return Turns.areMany(rows) ? Turns.LEAST_OF_MANY_ROWS : Turns.LEAST_OF_FEW_ROWS;
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

    /**
     * Root-mean-square norm of whole rows (Zhang and Sennrich 2019):
     * {@code y[r][k] = (x[r][k] * (1 / sqrt(dot(x[r], x[r]) / cols + eps))) * weight[k]}.
     *
     * @param x the input
     * @param weight {@code [cols]}
     * @param eps added to the mean square
     * @param y the output, as wide as x; may be {@code x}
     * @param firstRow the first row
     * @param rowCount the number of rows
     */
    void rmsNorm(Activations x, float[] weight, float eps, Activations y, int firstRow, int rowCount);

    /**
     * Depthwise causal convolution along the rows of one sequence, then silu:
     *
     * <pre>
     * acc     = bias[c]
     * acc     = fma(weight[tap][c], x[t - (dConv - 1) + tap][xCol + c], acc)    tap = 0 .. dConv-1
     * y[t][c] = silu(acc)
     * </pre>
     *
     * Rows before the first are taken from the window, which is then moved on, so that a sequence may be cut into calls
     * anywhere.
     *
     * @param p the filters
     * @param x the input
     * @param xCol the column of x that holds channel 0
     * @param y the output, {@code dInner} wide; may be x, if x is as wide
     * @param window {@code [dConv - 1, dInner]}: the last rows of input before this call, oldest first; updated for the
     *     channels of the range
     * @param firstRow the sequence's first row in x and y
     * @param rowCount the number of rows
     * @param channelFrom the first channel
     * @param channelTo the channel after the last
     */
    void convSilu(ConvParameters p, Activations x, int xCol, Activations y, float[] window, int firstRow, int rowCount,
            int channelFrom, int channelTo);

    /**
     * The selective scan of Mamba (Gu and Dao 2023, algorithm 2) along the rows of one sequence, with everything around
     * it that touches the same data. For each row t and channel c:
     *
     * <pre>
     * dt        = softplus(dt[t][c] + dtBias[c])                       written back to dt
     * h[n][c]   = fma(exp2(dt * aLog2e[n][c]), h[n][c], (dt * u[t][c]) * B[t][n])
     * y[t][c]   = fma(d[c], u[t][c], dot(h[.][c], C[t])) * silu(z[t][c])
     * </pre>
     *
     * where exp2 is {@link ScalarMath#exp2Decay(float)}, and the dot product runs over the states n.
     *
     * @param p the layer's parameters
     * @param io the buffers
     * @param h in the order of {@link ScanLayout}: the state before the first row; updated for the channels of the range
     * @param firstRow the sequence's first row in all buffers
     * @param rowCount the number of rows
     * @param channelFrom the first channel
     * @param channelTo the channel after the last
     * @param scratch working memory of the calling thread
     */
    void selectiveScan(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rowCount, int channelFrom,
            int channelTo, Scratch scratch);

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
     * Copies one row of a stored matrix into a row of activations, widened to float32.
     *
     * @param w the stored matrix
     * @param row the row of w
     * @param y the output, as wide as w
     * @param yRow the row of y
     */
    void widenRow(Matrix w, int row, Activations y, int yRow);

    /**
     * {@code x[i] = exp(x[i])}, see {@link ScalarMath#exp(float)}.
     *
     * @param x the values
     * @param from the first index
     * @param to the index after the last
     */
    void exp(float[] x, int from, int to);

    /**
     * {@code x[i] = silu(x[i])}, see {@link ScalarMath#silu(float)}.
     *
     * @param x the values
     * @param from the first index
     * @param to the index after the last
     */
    void silu(float[] x, int from, int to);

    /**
     * {@code x[i] = softplus(x[i])}, see {@link ScalarMath#softplus(float)}.
     *
     * @param x the values
     * @param from the first index
     * @param to the index after the last
     */
    void softplus(float[] x, int from, int to);

    /**
     * The index of the largest value, the first of several. NaN is larger than everything, so that a broken model is
     * seen and not hidden.
     *
     * @param x the values
     * @param from the first index
     * @param to the index after the last, beyond {@code from}
     * @return the index in x
     */
    int argmax(float[] x, int from, int to);

    /**
     * Turns values into exponentials relative to their maximum, and adds them up: {@code x[i] = exp(x[i] - max(x))}. The
     * sum runs in 16 lanes like a dot product. Divide by it for the softmax; {@code max + log(sum)} is the log-sum-exp.
     *
     * @param x the values; the range must not be empty
     * @param from the first index
     * @param to the index after the last
     * @return the sum of the new values
     */
    float expSum(float[] x, int from, int to);
}
