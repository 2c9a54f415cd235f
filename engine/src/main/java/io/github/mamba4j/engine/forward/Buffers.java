package io.github.mamba4j.engine.forward;

import java.util.ArrayList;
import java.util.List;

/**
 * The memory of activations. Blocks run one after another, and a block's activations are of no use to the next; so they
 * share slots, each as wide as its widest user asked for. Only the residual stream has a slot of its own.
 *
 * <p>Slots grow to the largest number of rows seen: who only decodes does not pay for prompts.
 */
public final class Buffers {
    private final List<Integer> widths = new ArrayList<>();
    private final List<List<Buffer>> users = new ArrayList<>();
    private final List<float[]> memory = new ArrayList<>();
    private int rows = 1;

    /** No slots. */
    Buffers() {}

    /**
     * A place in a slot. Buffers of the same slot share memory: a mixer takes another slot for each of its buffers.
     *
     * @param slot the slot, from 0
     * @param cols the width
     * @return the buffer
     */
    public Buffer claim(int slot, int cols) {
        while (widths.size() <= slot) {
            widths.add(0);
            users.add(new ArrayList<>());
            memory.add(new float[0]);
        }
        if (widths.get(slot) < cols) {
            widths.set(slot, cols);
            memory.set(slot, new float[Math.multiplyExact(rows, cols)]);
            users.get(slot).forEach(buffer -> buffer.attach(memory.get(slot), rows));
        }
        var buffer = new Buffer(cols, memory.get(slot), rows);
        users.get(slot).add(buffer);
        return buffer;
    }

    /** Makes room for a number of rows; what the buffers hold is lost. All or nothing. */
    void ensureRows(int wanted, int maxRows) {
        if (rows < wanted) {
            // In steps, so that a batch that grows row by row does not allocate every time.
            allocate(Math.clamp(2L * rows, wanted, maxRows));
        }
    }

    private void allocate(int count) {
        List<float[]> grown = new ArrayList<>();
        for (int width : widths) {
            grown.add(new float[Math.multiplyExact(count, width)]);
        }
        rows = count;
        for (int slot = 0; slot < grown.size(); slot++) {
            float[] data = grown.get(slot);
            memory.set(slot, data);
            users.get(slot).forEach(buffer -> buffer.attach(data, count));
        }
    }

    /** The rows that a pass may have: as many as are wanted, if the widest of the slots is still an array then. */
    int rowsThatFit(int wanted) {
        int widest = widths.stream().max(Integer::compare).orElse(1);
        return Math.min(wanted, (Integer.MAX_VALUE - 8) / widest);
    }
}
