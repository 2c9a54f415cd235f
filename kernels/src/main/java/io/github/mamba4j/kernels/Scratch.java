package io.github.mamba4j.kernels;

/**
 * Working memory of one thread: packed panels of weights and activations, and partial sums. About 1.3 MB, whatever the
 * model. Contents mean nothing between calls. Not thread-safe: one for each thread that calls kernels.
 */
public final class Scratch {
    /** Packed weights: what stays in a core's second-level cache while rows of activations pass by. */
    static final int WEIGHT_FLOATS = 256 * 1024;
    /** One packed panel of activations: what stays in a core's first-level cache. */
    static final int PANEL_FLOATS = 8 * 1024;
    /** Partial sums: 16 lanes for each element of the output tiles in flight. */
    static final int SUM_FLOATS = 32 * 1024;

    final float[] weights = new float[WEIGHT_FLOATS];
    final float[] panel = new float[PANEL_FLOATS];
    final float[] sums = new float[SUM_FLOATS];

    /** Allocates the memory. */
    public Scratch() {}
}
