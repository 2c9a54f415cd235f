package io.github.mamba4j.engine.forward;

import io.github.mamba4j.kernels.Activations;

/** Activations of a fixed width in a slot of {@link Buffers}, with room for the rows at hand. */
public final class Buffer {
    private final int cols;
    private Activations activations;

    Buffer(int cols, float[] data, int rows) {
        this.cols = cols;
        attach(data, rows);
    }

    /** Moves to other memory. */
    void attach(float[] data, int rows) {
        attach(new Activations(data, rows, cols));
    }

    /** Takes the place of other activations of this width. */
    void attach(Activations other) {
        activations = other;
    }

    /**
     * The activations.
     *
     * @return {@code [rows, cols]}; another object once the buffers have grown
     */
    public Activations at() {
        return activations;
    }

    /**
     * The width.
     *
     * @return the number of columns
     */
    public int cols() {
        return cols;
    }
}
