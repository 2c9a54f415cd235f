package io.github.mamba4j.kernels.math;

import io.github.mamba4j.kernels.machine.VectorWidth;

/**
 * The canonical order of sums, step by step: 16 lanes, of which lane j adds up elements j, j + 16, j + 32, … by fused
 * multiply-add from +0; zeros that pad the length to a multiple of 16; and a fold in halves.
 */
public final class DotProduct {
    /** The number of partial sums. */
    public static final int LANES = VectorWidth.SUM_LANES;

    private DotProduct() {}

    /**
     * Sets the 16 lanes to +0.
     *
     * @param lanes at least 16 values
     */
    public static void clear(float[] lanes) {
        for (int j = 0; j < LANES; j++) {
            lanes[j] = 0f;
        }
    }

    /**
     * Adds the product that belongs to element k to its lane.
     *
     * @param lanes the lanes
     * @param k the element
     * @param a a factor
     * @param b the other factor
     */
    public static void accumulate(float[] lanes, int k, float a, float b) {
        lanes[k % LANES] = Math.fma(a, b, lanes[k % LANES]);
    }

    /**
     * Adds the zeros that pad a length to a multiple of 16: they turn a lane of -0 into +0, and nothing else.
     *
     * @param lanes the lanes
     * @param length the number of elements so far
     */
    public static void pad(float[] lanes, int length) {
        for (int k = length; k % LANES != 0; k++) {
            accumulate(lanes, k, 0f, 0f);
        }
    }

    /**
     * Adds up 16 lanes in halves: j and j + 8, j and j + 4, j and j + 2, 0 and 1.
     *
     * @param lanes the lanes; overwritten
     * @return the sum
     */
    public static float fold(float[] lanes) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int j = 0; j < half; j++) {
                lanes[j] += lanes[j + half];
            }
        }
        return lanes[0];
    }

    /**
     * The dot product of a range with itself. There is no array to hold the lanes: the fold is a recursion, whose halves
     * are the elements at twice the distance. Padding changes nothing, as no square is -0.
     *
     * @param x the values
     * @param from the first index
     * @param to the index after the last
     * @return the sum of squares
     */
    public static float squares(float[] x, int from, int to) {
        return squares(x, from, to, 1);
    }

    private static float squares(float[] x, int from, int to, int stride) {
        if (stride < LANES) {
            return squares(x, from, to, 2 * stride) + squares(x, from + stride, to, 2 * stride);
        }
        float sum = 0f;
        for (int i = from; i < to; i += LANES) {
            sum = Math.fma(x[i], x[i], sum);
        }
        return sum;
    }

    /**
     * The sum of a range, in the order of a dot product.
     *
     * @param x the values
     * @param from the first index
     * @param to the index after the last
     * @return the sum
     */
    public static float sum(float[] x, int from, int to) {
        return sum(x, from, to, 1);
    }

    private static float sum(float[] x, int from, int to, int stride) {
        if (stride < LANES) {
            return sum(x, from, to, 2 * stride) + sum(x, from + stride, to, 2 * stride);
        }
        float sum = 0f;
        for (int i = from; i < to; i += LANES) {
            sum += x[i];
        }
        return sum;
    }
}
