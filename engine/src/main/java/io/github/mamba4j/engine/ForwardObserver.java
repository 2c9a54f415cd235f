package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.Activations;

/**
 * Looks into a forward pass: hidden states, and what the selection mechanism selects. A batch with more rows than the
 * model takes at once goes through in several passes; {@link #beginPass} says where in the batch each one begins.
 *
 * <p>The methods are called on the thread that called {@link MambaModel#forward(Batch, ForwardObserver)}, with buffers
 * that the model uses again at once: read or copy what is wanted before returning, write nothing, keep nothing. Row r of
 * a buffer is row {@code firstRow + r} of the batch. The model itself must not be called from here. An observer that
 * throws ends the call; the states of the batch are then unusable until they are reset or overwritten.
 */
public interface ForwardObserver {
    /** Observes nothing. */
    ForwardObserver NONE = new ForwardObserver() {
    };

    /**
     * A pass begins.
     *
     * @param firstRow the row of the batch (its segments' tokens, one after another) that is row 0 of this pass
     * @param rowCount the rows of this pass
     */
    default void beginPass(int firstRow, int rowCount) {}

    /**
     * The residual stream.
     *
     * @param k what goes into block k; the number of blocks for what the last one has put out
     * @param residual {@code [rows, dModel]}, of which the first {@code rowCount} rows count
     * @param rowCount the rows of this pass
     */
    default void hidden(int k, Activations residual, int rowCount) {}

    /**
     * Something inside a mixer.
     *
     * @param block the block, from 0
     * @param probe what it is
     * @param values {@code [rows, ...]} as the probe says, of which the first {@code rowCount} rows count
     * @param rowCount the rows of this pass
     */
    default void inside(int block, Probe probe, Activations values, int rowCount) {}

    /**
     * The residual stream after the final norm: what the head reads.
     *
     * @param normed {@code [rows, dModel]}, of which the first {@code rowCount} rows count
     * @param rowCount the rows of this pass
     */
    default void finalHidden(Activations normed, int rowCount) {}
}
