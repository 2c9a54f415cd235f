package io.github.mamba4j.kernels.scan;

/**
 * Where a selective scan has what belongs to one state of one channel: its decay and the state h. Channels are in blocks of
 * {@value #BLOCK}, of which the last may be narrower, and a block has a row for each state:
 *
 * <pre>
 * [dInner / 16] [dState, 16]
 * </pre>
 *
 * <p>Neighbouring channels are neighbours in memory, so that a vector holds as many of them as it has lanes. And all states
 * of a few channels are one piece of memory: a step of one token goes through it from one end to the other, where rows of
 * all channels would be many streams at once, more than a processor reads ahead.
 *
 * @param dInner the number of channels
 * @param dState the states of one channel
 */
public record ScanLayout(int dInner, int dState) {
    /** The channels of a block. */
    public static final int BLOCK = 16;

    /**
     * Checks the dimensions.
     *
     * @throws IllegalArgumentException if one is not positive, or there are more states than an array holds
     */
    public ScanLayout {
        if (dInner < 1 || dState < 1 || (long) dInner * dState > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a scan has no " + dInner + " channels of " + dState + " states");
        }
    }

    /**
     * The number of states of all channels.
     *
     * @return the length of an array in this layout
     */
    public int size() {
        return dInner * dState;
    }

    /**
     * The place of a state.
     *
     * @param n the state, from 0
     * @param c the channel, from 0
     * @return the index in an array of this layout
     */
    public int index(int n, int c) {
        int block = c - c % BLOCK;
        return block * dState + n * distance(c) + c - block;
    }

    /** From one state of a channel to the next. */
    int distance(int c) {
        return Math.min(BLOCK, dInner - (c - c % BLOCK));
    }

    /**
     * Brings an array into this layout.
     *
     * @param channels {@code [dInner, dState]}, as checkpoints and the reference implementation have it
     * @return a new array
     */
    public float[] pack(float[] channels) {
        float[] packed = new float[size()];
        for (int c = 0; c < dInner; c++) {
            for (int n = 0; n < dState; n++) {
                packed[index(n, c)] = channels[c * dState + n];
            }
        }
        return packed;
    }

    /**
     * The way back from {@link #pack}.
     *
     * @param packed an array in this layout
     * @return a new array {@code [dInner, dState]}
     */
    public float[] unpack(float[] packed) {
        float[] channels = new float[size()];
        for (int c = 0; c < dInner; c++) {
            for (int n = 0; n < dState; n++) {
                channels[c * dState + n] = packed[index(n, c)];
            }
        }
        return channels;
    }
}
