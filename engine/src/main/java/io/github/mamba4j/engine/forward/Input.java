package io.github.mamba4j.engine.forward;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.linear.PackedRows;

/**
 * Rows that projections read: columns of a buffer, packed once for all products where that pays.
 */
public final class Input {
    private final Buffer buffer;
    private final int col;
    private final int cols;
    private final Resources with;
    private final PackedRows packed = new PackedRows();
    private final Workers.Task<Input> pack = Input::pack;
    private int rows;

    /**
     * An input.
     *
     * @param buffer where the rows are
     * @param col the first column that is read
     * @param cols how many columns are read
     * @param with the model's resources
     */
    public Input(Buffer buffer, int col, int cols, Resources with) {
        this.buffer = buffer;
        this.col = col;
        this.cols = cols;
        this.with = with;
    }

    /**
     * All columns of a buffer.
     *
     * @param buffer where the rows are
     * @param with the model's resources
     * @return the input
     */
    public static Input of(Buffer buffer, Resources with) {
        return new Input(buffer, 0, buffer.cols(), with);
    }

    /**
     * Turns to the rows that are now in the buffer.
     *
     * @param count how many
     */
    public void read(int count) {
        if (begin(count)) {
            with.workers().share(this, grains(), 1, pack);
        }
    }

    /** Turns to rows that are about to be written; whether each grain of them is to be packed once it is written. */
    boolean begin(int count) {
        rows = count;
        return with.kernels().linear().beginPacking(buffer.at(), col, cols, count, packed);
    }

    private int grains() {
        return Math.ceilDiv(rows, packed.grain());
    }

    private void pack(int from, int to, Scratch scratch) {
        int first = from * packed.grain();
        with.kernels().linear().packRows(packed, first, Math.min(rows, to * packed.grain()) - first, scratch);
    }

    /** Packs rows that have just been written. */
    void pack(int firstRow, int count, Scratch scratch, PackedRows to) {
        with.kernels().linear().packRows(to, firstRow, count, scratch);
    }

    /**
     * The rows as products read them.
     *
     * @return the rows, packed or not
     */
    PackedRows packed() {
        return packed;
    }

    /**
     * The rows as they are.
     *
     * @return the buffer's activations
     */
    public Activations at() {
        return buffer.at();
    }

    /**
     * The number of rows.
     *
     * @return what was read last
     */
    public int rows() {
        return rows;
    }
}
