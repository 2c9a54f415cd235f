package io.github.mamba4j.kernels;

/**
 * Working memory of one thread that calls kernels. Contents mean nothing between calls. Not thread-safe: one for each
 * thread that calls kernels.
 *
 * <p>What the vector kernels need is made when the first of them asks: this class must load where the Vector API does not.
 */
public final class Scratch {
    /** Channels that are scanned at a time; also room for the 16 lanes of a sum. */
    static final int ROW = 256;

    /** A stretch of a row, or the 16 lanes of a sum. */
    final float[] row = new float[ROW];
    private PanamaScratch panama;

    /** Makes working memory that grows as kernels ask for it: about 2 MB for vector kernels, and up to 12 MB more. */
    public Scratch() {}

    /** The vector kernels' part. */
    PanamaScratch panama() {
        if (panama == null) {
            panama = new PanamaScratch();
        }
        return panama;
    }
}
