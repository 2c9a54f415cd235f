package io.github.mamba4j.engine.forward;

import io.github.mamba4j.kernels.Activations;

/** What a block computes between its norm and the residual sum. */
public interface Mixer {
    /**
     * Adds the mixer's output to the residual stream and moves the states of the rows' sequences on.
     *
     * @param residual {@code [rows, dModel]}
     * @param x the normed rows
     * @param rows whose rows they are
     * @param scale what the output is multiplied by
     */
    void addTo(Activations residual, Input x, Rows rows, float scale);
}
