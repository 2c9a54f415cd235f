package io.github.mamba4j.engine;

/** What a {@link ForwardObserver} is shown of the inside of a mixer. */
public enum Probe {
    /**
     * The step sizes of a selective state space: how much of each token is let into the state, {@code [rows, channels]} of
     * Mamba-1 and {@code [rows, heads]} of Mamba-2, after softplus.
     */
    STEP_SIZE
}
