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
    /** Looks at nothing. */
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
     * @param k 0 for the embeddings; k for what block k - 1 has put out
     * @param residual {@code [rows, dModel]}, of which the first {@code rowCount} rows count
     * @param rowCount the rows of this pass
     */
    default void hidden(int k, Activations residual, int rowCount) {}

    /**
     * The step sizes of a layer: how much each token is let into the state of each channel.
     *
     * @param layer the block, from 0
     * @param dt {@code [rows, dInner]} after softplus, of which the first {@code rowCount} rows count
     * @param rowCount the rows of this pass
     */
    default void dt(int layer, Activations dt, int rowCount) {}

    /**
     * The residual stream after the final norm: what the language-model head reads.
     *
     * @param normed {@code [rows, dModel]}, of which the first {@code rowCount} rows count
     * @param rowCount the rows of this pass
     */
    default void finalHidden(Activations normed, int rowCount) {}
}
