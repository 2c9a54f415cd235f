package io.github.mamba4j.kernels.conv;

import io.github.mamba4j.kernels.Activations;

/**
 * Depthwise causal convolutions along the rows of one sequence.
 * Thread-safe; see {@link io.github.mamba4j.kernels.Kernels} for ranges and refusals.
 */
public sealed interface CausalConv permits ScalarCausalConv, PanamaCausalConv {
    /**
     * The plain loops.
     *
     * @return the definition of this operation
     */
    static CausalConv scalar() {
        return new ScalarCausalConv();
    }

    /**
     * The loops on the Vector API, which must be there.
     *
     * @return an implementation with the same bits
     */
    static CausalConv vector() {
        return new PanamaCausalConv();
    }

    /** What is applied to the sum. */
    enum Activation {
        /** {@code silu(sum)}, as in Mamba. */
        SILU,
        /** The sum as it is. */
        NONE
    }

    /**
     * Convolves the rows of one sequence, each channel by itself:
     *
     * <pre>
     * acc            = bias[c]
     * acc            = fma(weight[tap][c], x[t - (dConv - 1) + tap][xCol + c], acc)    tap = 0 .. dConv-1
     * y[t][yCol + c] = activation(acc)
     * </pre>
     *
     * Rows before the first are taken from the window, which is then moved on, so that a sequence may be cut into calls
     * anywhere.
     *
     * @param p the filters
     * @param x the input
     * @param xCol the column of x that holds channel 0
     * @param y the output; may be x, in the same columns or in others
     * @param yCol the column of y that channel 0 goes to
     * @param window {@code [dConv - 1, channels]}: the last rows of input before this call, oldest first; updated for the
     *     channels of the range
     * @param firstRow the sequence's first row in x and y
     * @param rowCount the number of rows
     * @param channelFrom the first channel
     * @param channelTo the channel after the last
     */
    void convolve(ConvParameters p, Activations x, int xCol, Activations y, int yCol, float[] window, int firstRow,
            int rowCount, int channelFrom, int channelTo);
}
