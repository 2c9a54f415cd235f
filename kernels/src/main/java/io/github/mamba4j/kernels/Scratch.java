package io.github.mamba4j.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Working memory of one thread: packed panels of weights and activations, and partial sums. About 2.3 MB, whatever the
 * model. Contents mean nothing between calls. Not thread-safe: one for each thread that calls kernels.
 *
 * <p>The panels lie outside the heap because vector loads that cross cache lines cost twice, and only native memory can
 * be asked to be aligned.
 */
public final class Scratch {
    /** Packed activations: what stays in a core's second-level cache while panels of weights pass by. */
    static final int ROWS_BYTES = 1536 * 1024;
    /** One packed panel of weights: 6 outputs of up to 16384 inputs. */
    static final int WEIGHTS_BYTES = 512 * 1024;
    /** Tiles whose partial sums are kept at once. */
    static final int TILES = 8;

    /** Channels that are gated at a time. */
    static final int ROW = 1024;
    /** 4 quarters of 16 vectors of outputs with 16 inputs each, or with 4 rows each; a vector has up to 16 lanes. */
    static final int NARROW_WEIGHTS = 4 * 16 * 16 * 16;
    static final int NARROW_SUMS = 4 * 16 * 4 * 16;
    /** Where the sums begin: in front of them is one tile of zeros that is never written. */
    static final int FIRST_SUM = PanamaTile.SUMS;

    private static final long CACHE_LINE = 64;

    final MemorySegment rows;
    final MemorySegment weights;
    final float[] sums = new float[FIRST_SUM + TILES * PanamaTile.SUMS];
    /** A stretch of a row, or the 16 lanes of sums of vectors. */
    final float[] row = new float[ROW];
    /** {@link PanamaNarrow}'s widened rows: a vector's worth of 64 columns. */
    final float[] narrowRows = new float[16 * 64];
    final MemorySegment narrowRowsSegment = MemorySegment.ofArray(narrowRows);
    /** {@link PanamaNarrow}'s transposed weights. */
    final float[] narrowWeights = new float[NARROW_WEIGHTS];
    /** {@link PanamaNarrow}'s sums. */
    final float[] narrowSums = new float[NARROW_SUMS];
    /** What a fold leaves, with room for a vector that is stored over the end. */
    final float[] folded = new float[TILES * PanamaTile.CELLS + ScalarKernels.LANES];

    /** Allocates the memory. */
    public Scratch() {
        Arena arena = Arena.ofAuto();
        rows = arena.allocate(ROWS_BYTES, CACHE_LINE);
        weights = arena.allocate(WEIGHTS_BYTES, CACHE_LINE);
    }
}
