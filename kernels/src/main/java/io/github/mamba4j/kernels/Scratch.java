package io.github.mamba4j.kernels;

import io.github.mamba4j.kernels.linear.VectorScratch;

/**
 * Working memory of one thread that calls kernels. Contents mean nothing between calls. Not thread-safe: one for each
 * thread that calls kernels.
 *
 * <p>What the vector kernels need is made when the first of them asks: this class must load where the Vector API does not.
 */
public final class Scratch {
    /** The length of {@link #row}. */
    public static final int ROW = 256;

    private final float[] row = new float[ROW];
    private VectorScratch vectors;

    /** Makes working memory that grows as kernels ask for it: about 2 MB for vector kernels, and up to 12 MB more. */
    public Scratch() {}

    /**
     * A stretch of a row, or the 16 lanes of a sum. For kernels.
     *
     * @return {@value #ROW} floats
     */
    public float[] row() {
        return row;
    }

    /**
     * The vector kernels' part.
     *
     * @return the same object each time
     */
    @SuppressWarnings("exports") // for kernels
    public VectorScratch vectors() {
        if (vectors == null) {
            vectors = new VectorScratch();
        }
        return vectors;
    }
}
