package io.github.mamba4j.kernels.format;

import java.util.Arrays;

/**
 * Finds a scale, a minimum of at most 0 and numbers q from 0 to a largest one with {@code scale * q + minimum} near 32
 * given values: divides the range of the values by several numbers of steps near the largest q, fits scale and minimum to
 * each by weighted least squares, and keeps the best. This is {@code make_qkx2_quants} of ggml, operation by operation.
 *
 * <p>Not thread-safe: it holds the result.
 */
final class ScaleSearch {
    private static final int N = KBlocks.GROUP;
    private static final float STEP = 0.1f;

    private final int largest;
    private final float firstStep;
    private final int steps;
    private final int[] candidate = new int[N];

    private float scale;
    private float minimum;

    private float low;
    private float high;
    private float sumW;
    private float sumX;

    /**
     * A search.
     *
     * @param largest the largest q
     * @param firstStep the first candidate divides the range by this much more than the largest q
     * @param steps how many candidates follow, 0.1 apart
     */
    ScaleSearch(int largest, float firstStep, int steps) {
        this.largest = largest;
        this.firstStep = firstStep;
        this.steps = steps;
    }

    /** The scale that was found. */
    float scale() {
        return scale;
    }

    /** The minimum that was found, with its sign turned, as it is stored: at least 0. */
    float minimum() {
        return -minimum;
    }

    /**
     * Searches.
     *
     * @param x the values, from index {@code first}
     * @param weights how much each error counts
     * @param q where the numbers go, from index {@code at}
     */
    void find(float[] x, int first, float[] weights, int[] q, int at) {
        measure(x, first, weights);
        minimum = low;
        if (high == low) {
            Arrays.fill(q, at, at + N, 0);
            scale = 0;
            return;
        }
        float inverse = largest / (high - low);
        scale = 1 / inverse;
        number(x, first, inverse, low);
        float bestError = error(x, first, weights, scale, low);
        System.arraycopy(candidate, 0, q, at, N);
        for (int step = 0; step <= steps; step++) {
            // The range begins at the best minimum so far, not at the least value: as the reference does it.
            inverse = (firstStep + STEP * step + largest) / (high - minimum);
            number(x, first, inverse, minimum);
            bestError = fit(x, first, weights, q, at, bestError);
        }
    }

    private void measure(float[] x, int first, float[] weights) {
        low = x[first];
        high = x[first];
        sumW = weights[0];
        sumX = sumW * x[first];
        for (int i = 1; i < N; i++) {
            float value = x[first + i];
            low = value < low ? value : low;
            high = value > high ? value : high;
            sumW += weights[i];
            sumX += weights[i] * value;
        }
        low = low > 0 ? 0 : low;
    }

    private void number(float[] x, int first, float inverse, float from) {
        for (int i = 0; i < N; i++) {
            candidate[i] = Math.clamp(Rounding.nearest(inverse * (x[first + i] - from)), 0, largest);
        }
    }

    /** Fits scale and minimum to the candidate; takes them if their error is less, which it returns then. */
    private float fit(float[] x, int first, float[] weights, int[] q, int at, float bestError) {
        float sumL = 0;
        float sumL2 = 0;
        float sumXL = 0;
        for (int i = 0; i < N; i++) {
            int l = candidate[i];
            float wl = weights[i] * l;
            sumL += wl;
            sumL2 += wl * l;
            sumXL += wl * x[first + i];
        }
        float determinant = sumW * sumL2 - sumL * sumL;
        if (!(determinant > 0)) {
            return bestError;
        }
        float fitScale = (sumW * sumXL - sumX * sumL) / determinant;
        float fitMinimum = (sumL2 * sumX - sumL * sumXL) / determinant;
        if (fitMinimum > 0) {
            fitMinimum = 0;
            fitScale = sumXL / sumL2;
        }
        float error = error(x, first, weights, fitScale, fitMinimum);
        if (!(error < bestError)) {
            return bestError;
        }
        System.arraycopy(candidate, 0, q, at, N);
        scale = fitScale;
        minimum = fitMinimum;
        return error;
    }

    private float error(float[] x, int first, float[] weights, float ofScale, float ofMinimum) {
        float sum = 0;
        for (int i = 0; i < N; i++) {
            float difference = ofScale * candidate[i] + ofMinimum - x[first + i];
            sum += weights[i] * (difference * difference);
        }
        return sum;
    }
}
