package io.github.mamba4j.kernels.linear;

import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Working memory of the vector kernels in one thread: packed panels of weights and activations, and partial sums. About
 * 2 MB, and up to 12 MB more once many rows of a wide model have been multiplied. Its sizes depend on the vector width, so
 * that making one loads the Vector API: {@link Scratch} makes it when a vector kernel asks.
 *
 * <p>What vectors are loaded from most often lies outside the heap, because vector loads that cross cache lines cost twice,
 * and only native memory can be asked to be aligned. {@link Tile6x2} gains more from an array than that costs it: half
 * of its loads of weights may cross a line, but those are a quarter of its loads.
 */
public final class VectorScratch {
    /** The most packed activations: 512 rows of 5120 columns, which is the widest product of mamba-2.8b. */
    static final int ROWS_FLOATS = 2816 * 1024;
    /** Packed weights: a block of the narrowest matrix, whose panels have the most room between lanes, or the widest panel. */
    private static final int WEIGHTS = Math.max(
            ManyRows.BLOCK / (Tile.GROUPS * DotProduct.LANES * Tile.OUTS)
                    * Tile.panelFloats(Tile.GROUPS),
            Tile.panelFloats(Packing.groups(ManyRows.MAX_COLS)));

    /** Where the sums begin: in front of them is one tile of zeros that is never written. */
    static final int FIRST_SUM = FewRows.SUMS;

    private static final long CACHE_LINE = 64;

    /** Packed weights for {@link Tile8x3}. */
    final MemorySegment weights;
    /** The same for {@link Tile6x2}, which has them in an array. */
    final float[] weightArray = new float[VectorWidth.MANY_REGISTERS ? 0 : WEIGHTS];
    /** Rows of operands, widened, on their way to panels; a row of activations, prepared; or the planes of a scan. */
    final float[] stage = new float[DotProduct.LANES * Packing.groups(ManyRows.MAX_COLS)
            * DotProduct.LANES];
    /** A transposed square. */
    final float[] block = new float[DotProduct.LANES * DotProduct.LANES];
    /** Words of stored weights, transposed, before they are widened. */
    final MemorySegment square;
    /** {@link FewRows}' widened weights. */
    final MemorySegment staged;
    /** The sums of a {@link Tile8x3}. */
    final MemorySegment lanes;
    /** The sums of a {@link Tile6x2}. */
    final float[] tile = new float[VectorWidth.MANY_REGISTERS ? 0 : Tile6x2.SUMS];
    /** Partial sums of dot products, 16 lanes each. */
    final float[] sums = new float[FIRST_SUM + FewRows.MAX_TILES * FewRows.SUMS];
    /** A stretch of a row, or the 16 lanes of sums of vectors. */
    final float[] row = new float[Scratch.ROW];
    /** What a fold leaves, with room for a vector that is stored over the end. */
    final float[] folded = new float[FewRows.MAX_TILES * FewRows.SUMS / DotProduct.LANES
            + DotProduct.LANES];

    private float[] rows = new float[0];

    /** Makes working memory; loads the Vector API. */
    public VectorScratch() {
        Arena arena = Arena.ofAuto();
        weights = arena.allocate(VectorWidth.MANY_REGISTERS ? (long) WEIGHTS * Float.BYTES : 0, CACHE_LINE);
        square = arena.allocate(StoredRows.SQUARE_BYTES, CACHE_LINE);
        staged = arena.allocate(FewRows.STAGED_BYTES, CACHE_LINE);
        lanes = arena.allocate(VectorWidth.MANY_REGISTERS ? Tile.SUMS_BYTES : 0, CACHE_LINE);
    }

    /**
     * Room for rows of the widest matrix that is packed. For other operations.
     *
     * @return 131072 floats
     */
    public float[] stage() {
        return stage;
    }

    /**
     * A stretch of a row, or the 16 lanes of sums of vectors. For other operations.
     *
     * @return {@link Scratch#ROW} floats
     */
    public float[] row() {
        return row;
    }

    /** Packed activations. */
    float[] rows() {
        return rows;
    }

    /** Sees to it that {@link #rows} has room for so many floats. */
    void reserveRows(int floats) {
        if (rows.length < floats) {
            rows = new float[floats];
        }
    }
}
