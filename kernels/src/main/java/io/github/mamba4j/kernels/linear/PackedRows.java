package io.github.mamba4j.kernels.linear;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.math.Rows;
import io.github.mamba4j.kernels.team.ThreadTeam;
import io.github.mamba4j.kernels.math.Ranges;
import java.util.Objects;

/**
 * Rows of activations in the order in which products of many rows read them. Threads that share a product, and products
 * that share their input, bring the rows into that order once and not each for itself:
 *
 * <pre>
 * boolean pack = kernels.beginPacking(x, 0, cols, rows, packed);      one thread
 * if (pack) kernels.packRows(packed, firstRow, rowCount, scratch);    each thread its share
 * kernels.matmul(w, .., packed, ..);                                  any number, once all shares are packed
 * </pre>
 *
 * The rows as they are must not change before the last product: a kernel is free to read those. Whoever hands this from
 * thread to thread sees to it that they see each other's writes, as {@link ThreadTeam#run} does.
 */
public final class PackedRows {
    private Activations source;
    private int col;
    private int cols;
    private int rows;
    private int grain = 1;
    private boolean packed;
    /** {@link Tile}'s panels of activations. */
    private float[] panels = new float[0];

    /** Makes an object that holds no rows yet. */
    public PackedRows() {}

    /** Turns to the first {@code rows} of other activations, without packing them. */
    void begin(Activations x, int col, int cols, int rows, int grain) {
        Ranges.check(x, 0, rows, col, cols);
        source = x;
        this.col = col;
        this.cols = cols;
        this.rows = rows;
        this.grain = grain;
        packed = false;
    }

    /**
     * Ranges of rows must start at multiples of this.
     *
     * @return what suits the kernels that prepared this last; 1 if none did
     */
    public int grain() {
        return grain;
    }

    /** Makes room for so many floats of panels, which will be packed. */
    void reserve(int floats) {
        if (panels.length < floats) {
            panels = new float[floats];
        }
        packed = true;
    }

    /** The rows as they are. */
    Activations source() {
        return Objects.requireNonNull(source, "no rows to pack or multiply have been named");
    }

    /** The first column that is multiplied. */
    int col() {
        return col;
    }

    /** How many columns are multiplied. */
    int cols() {
        return cols;
    }

    /** How many rows there are. */
    int rows() {
        return rows;
    }

    /** Whether the panels hold the rows, once all shares are packed. */
    boolean isPacked() {
        return packed;
    }

    float[] panels() {
        return panels;
    }
}
