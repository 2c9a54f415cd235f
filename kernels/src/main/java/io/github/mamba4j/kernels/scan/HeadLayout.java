package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.math.DotProduct;

/**
 * Where a recurrence with heads has the states of a channel. The channels of a head are in blocks of {@value #BLOCK},
 * of which the last is filled up with channels that mean nothing, and a block has a row for each of the states:
 *
 * <pre>
 * [heads] [ceil(channels / 16)] [states, 16]
 * </pre>
 *
 * <p>Neighbouring channels are neighbours in memory, so that a vector holds as many of them as it has lanes. The states
 * of a block are in the order of the sum over them: first those of lane 0, which are 0, 16, 32, …, then those of lane
 * 1. A kernel that completes one lane after the other thus goes through memory from one end to the other.
 */
final class HeadLayout {
    /** The channels of a block. */
    static final int BLOCK = 16;

    private HeadLayout() {}

    /** Refuses dimensions that are not positive, or more states than an array holds. */
    static void check(int heads, int channels, int states) {
        if (heads < 1 || channels < 1 || states < 1
                || (double) heads * Math.ceilDiv(channels, BLOCK) * BLOCK * states > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("state: expected heads, channels and states that fit an array, found "
                    + heads + ", " + channels + " and " + states);
        }
    }

    /** A number of channels, filled up to whole blocks. */
    static int padded(int channels) {
        return Math.ceilDiv(channels, BLOCK) * BLOCK;
    }

    /** The length of an array in this layout. */
    static int size(int heads, int channels, int states) {
        return heads * padded(channels) * states;
    }

    /** The index of a state. */
    static int index(int channels, int states, int head, int channel, int state) {
        int block = channel - channel % BLOCK;
        return (head * padded(channels) + block) * states + rank(state, states) * BLOCK + channel - block;
    }

    /** The place of a state among those of its channel. */
    static int rank(int state, int states) {
        return firstOfLane(state % DotProduct.LANES, states) + state / DotProduct.LANES;
    }

    /** The place of the first state of a lane. */
    static int firstOfLane(int lane, int states) {
        return lane * (states / DotProduct.LANES) + Math.min(lane, states % DotProduct.LANES);
    }

    /** Brings {@code [heads, channels, states]} into this layout; if transposed, {@code [heads, states, channels]}. */
    static float[] pack(float[] values, int heads, int channels, int states, boolean transposed) {
        checkSize(values, heads * channels * states);
        float[] packed = new float[size(heads, channels, states)];
        for (int h = 0; h < heads; h++) {
            for (int c = 0; c < channels; c++) {
                for (int n = 0; n < states; n++) {
                    int plain = transposed ? (h * states + n) * channels + c : (h * channels + c) * states + n;
                    packed[index(channels, states, h, c, n)] = values[plain];
                }
            }
        }
        return packed;
    }

    /** The way back from {@link #pack}. */
    static float[] unpack(float[] packed, int heads, int channels, int states, boolean transposed) {
        checkSize(packed, size(heads, channels, states));
        float[] values = new float[heads * channels * states];
        for (int h = 0; h < heads; h++) {
            for (int c = 0; c < channels; c++) {
                for (int n = 0; n < states; n++) {
                    int plain = transposed ? (h * states + n) * channels + c : (h * channels + c) * states + n;
                    values[plain] = packed[index(channels, states, h, c, n)];
                }
            }
        }
        return values;
    }

    private static void checkSize(float[] values, int expected) {
        if (values.length != expected) {
            throw new IllegalArgumentException("state: expected " + expected + " values, found " + values.length);
        }
    }
}
