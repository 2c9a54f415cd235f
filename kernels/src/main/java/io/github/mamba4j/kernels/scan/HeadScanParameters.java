package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.math.ScalarMath;

/**
 * The parameters of a scan with heads, and the layout of its state.
 *
 * @param heads the number of heads
 * @param headDim the channels of a head
 * @param groups the number of groups of heads, each with a B and a C of its own; divides the heads
 * @param dState the states of a channel
 * @param a {@code [heads]}: {@code -exp(A_log)} in float32, none positive
 * @param d {@code [heads]}: the skip connection D
 * @param dtBias {@code [heads]}: added to dt before softplus
 * @param timeStepMin the smallest step, 0 or more: {@code time_step_limit[0]}
 * @param timeStepMax the largest step, infinite for no limit: {@code time_step_limit[1]}
 */
public record HeadScanParameters(int heads, int headDim, int groups, int dState, float[] a, float[] d, float[] dtBias,
        float timeStepMin, float timeStepMax) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if the dimensions are not positive or too large, the groups do not divide the
     *     heads, an array does not fit the heads, or the limits are not in order
     */
    public HeadScanParameters {
        HeadLayout.check(heads, headDim, dState);
        if (groups < 1 || heads % groups != 0) {
            throw new IllegalArgumentException(
                    "scan: expected a number of groups that divides " + heads + " heads, found " + groups);
        }
        if (heads * (long) headDim + 2L * groups * dState > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("scan: x, B and C do not fit a row of an array");
        }
        check("A", heads, a);
        check("D", heads, d);
        check("dt_bias", heads, dtBias);
        if (!(timeStepMin >= 0 && timeStepMin <= timeStepMax)) {
            throw new IllegalArgumentException("scan: expected limits of the time step with 0 <= min <= max, found "
                    + timeStepMin + " and " + timeStepMax);
        }
    }

    private static void check(String name, int heads, float[] values) {
        if (values.length != heads) {
            throw new IllegalArgumentException(
                    "scan: " + name + ": expected " + heads + " values, found " + values.length);
        }
    }

    /**
     * The channels of all heads.
     *
     * @return {@code heads * headDim}
     */
    public int dInner() {
        return heads * headDim;
    }

    /**
     * The columns of x, B and C together.
     *
     * @return {@code heads * headDim + 2 * groups * dState}
     */
    public int xbcCols() {
        return dInner() + 2 * groups * dState;
    }

    /**
     * The size of the state that a sequence carries from one call to the next, in the layout of {@link #pack}.
     *
     * @return a number of floats
     */
    public int stateSize() {
        return HeadLayout.size(heads, headDim, dState);
    }

    /**
     * Brings a state into the layout of the kernels.
     *
     * @param h {@code [heads, headDim, dState]}
     * @return a new array of {@link #stateSize} floats
     * @throws IllegalArgumentException if the array has another size
     */
    public float[] pack(float[] h) {
        return HeadLayout.pack(h, heads, headDim, dState, false);
    }

    /**
     * The way back from {@link #pack}.
     *
     * @param packed a state in the layout of the kernels
     * @return a new array {@code [heads, headDim, dState]}
     * @throws IllegalArgumentException if the array has another size
     */
    public float[] unpack(float[] packed) {
        return HeadLayout.unpack(packed, heads, headDim, dState, false);
    }

    /** What a step multiplies the states of a head by; the factor from exp to exp2 is folded into A first. */
    float decay(int head, float dt) {
        return ScalarMath.exp2Decay(dt * (a[head] * ScalarMath.LOG2E));
    }

    /** A time step within the limits. */
    float clamp(float dt) {
        return Math.min(Math.max(dt, timeStepMin), timeStepMax);
    }

    /** The first column of a group's B. */
    int bCol(int group) {
        return dInner() + group * dState;
    }

    /** The first column of a group's C. */
    int cCol(int group) {
        return dInner() + (groups + group) * dState;
    }

    int headsPerGroup() {
        return heads / groups;
    }
}
