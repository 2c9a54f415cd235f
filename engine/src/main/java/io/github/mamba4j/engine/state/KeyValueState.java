package io.github.mamba4j.engine.state;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.attention.KeyValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * The keys and values of the positions so far, in pages. Positions are only ever added, so that full pages never change:
 * copies share all pages, and whoever adds to a page that is not full and may be another's copies that one first.
 */
public final class KeyValueState implements LayerState {
    private static final int PAGE = KeyValueLayout.PAGE;

    private final KeyValueLayout layout;
    /** Pages for at least {@link #length} positions; null beyond those that were made. */
    private float[][] keys = new float[0][];
    private float[][] values = new float[0][];
    private int pages;
    private int length;
    /** Whether the page that position {@link #length} belongs to may be another state's, too. */
    private boolean shared;

    KeyValueState(KeyValueLayout layout) {
        this.layout = layout;
    }

    /**
     * The pages of keys.
     *
     * @return arrays in the order of the kernels; the outer one may be longer
     */
    public float[][] keys() {
        return keys;
    }

    /**
     * The pages of values.
     *
     * @return arrays in the order of the kernels; the outer one may be longer
     */
    public float[][] values() {
        return values;
    }

    /**
     * Puts rows into the pages that {@link #reserve} made. Several threads may store different rows.
     *
     * @param k the rows' keys
     * @param v the rows' values
     * @param position the position of the first row
     * @param firstRow the first row
     * @param rowCount the number of rows
     */
    public void store(Activations k, Activations v, long position, int firstRow, int rowCount) {
        layout.store(k, v, keys, values, position, firstRow, rowCount);
    }

    /**
     * Says that rows were stored.
     *
     * @param positions how many
     */
    public void advance(int positions) {
        length += positions;
    }

    /** Makes the pages of the next positions, and the one that they begin in this state's own. All or nothing. */
    @Override
    public void reserve(int positions) {
        int end = Math.addExact(length, positions);
        int needed = KeyValueLayout.pages(end);
        if (keys.length < needed) {
            int room = Math.max(needed, 2 * keys.length);
            float[][] moreKeys = Arrays.copyOf(keys, room);
            values = Arrays.copyOf(values, room);
            keys = moreKeys;
        }
        if (shared) {
            int last = length / PAGE;
            float[] ownKeys = keys[last].clone();
            values[last] = values[last].clone();
            keys[last] = ownKeys;
            shared = false;
        }
        while (pages < needed) {
            float[] page = new float[layout.pageSize()];
            values[pages] = new float[layout.pageSize()];
            keys[pages++] = page;
        }
    }

    @Override
    public void reset() {
        keys = new float[0][];
        values = new float[0][];
        pages = 0;
        length = 0;
        shared = false;
    }

    /** Shares the other state's pages. */
    @Override
    public void copyFrom(LayerState other) {
        KeyValueState that = (KeyValueState) other;
        if (this == that) {
            return;
        }
        pages = KeyValueLayout.pages(that.length);
        keys = Arrays.copyOf(that.keys, pages);
        values = Arrays.copyOf(that.values, pages);
        length = that.length;
        shared = length % PAGE != 0;
        if (shared) {
            that.shared = true;
        }
    }

    /** The pages, whether another state shares them or not. */
    @Override
    public long byteSize() {
        return 2L * Float.BYTES * pages * layout.pageSize();
    }

    @Override
    public boolean contentEquals(LayerState other) {
        if (!(other instanceof KeyValueState that) || length != that.length || !layout.equals(that.layout)) {
            return false;
        }
        int whole = length / PAGE;
        for (int page = 0; page < whole; page++) {
            if (!Arrays.equals(keys[page], that.keys[page]) || !Arrays.equals(values[page], that.values[page])) {
                return false;
            }
        }
        return whole * PAGE == length || layout.startsEqual(keys[whole], that.keys[whole], values[whole],
                that.values[whole], length - whole * PAGE);
    }

    @Override
    public List<StateTensor> save() {
        List<StateTensor> shapes = shapes(length);
        return List.of(new StateTensor("keys", shapes.get(0).shape(), layout.keyRows(keys, length)),
                new StateTensor("values", shapes.get(1).shape(), layout.valueRows(values, length)));
    }

    @Override
    public void load(List<StateTensor> tensors) {
        reset();
        int positions = tensors.getFirst().shape().getFirst();
        if (positions == 0) {
            return;
        }
        reserve(positions);
        layout.store(new Activations(tensors.get(0).values(), positions, layout.width()),
                new Activations(tensors.get(1).values(), positions, layout.width()), keys, values, 0, 0, positions);
        advance(positions);
    }

    @Override
    public List<StateTensor> shapes(long position) {
        var shape = List.of(Math.toIntExact(position), layout.heads(), layout.headDim());
        return List.of(new StateTensor("keys", shape, new float[0]), new StateTensor("values", shape, new float[0]));
    }
}
