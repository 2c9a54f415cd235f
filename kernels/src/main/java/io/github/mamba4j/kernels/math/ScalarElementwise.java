package io.github.mamba4j.kernels.math;

import java.util.Objects;

/** {@link Elementwise} as plain loops. */
final class ScalarElementwise implements Elementwise {
    @Override
    public void exp(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        for (int i = from; i < to; i++) {
            x[i] = ScalarMath.exp(x[i]);
        }
    }

    @Override
    public void silu(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        for (int i = from; i < to; i++) {
            x[i] = ScalarMath.silu(x[i]);
        }
    }

    @Override
    public void softplus(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        for (int i = from; i < to; i++) {
            x[i] = ScalarMath.softplus(x[i]);
        }
    }

    @Override
    public int argmax(float[] x, int from, int to) {
        requireValues(x, from, to);
        int best = from;
        for (int i = from + 1; i < to; i++) {
            // compare() orders NaN above everything; -0 and +0 count as equal here.
            if (x[i] != x[best] && Float.compare(x[i], x[best]) > 0) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public float expSum(float[] x, int from, int to) {
        requireValues(x, from, to);
        float max = x[argmax(x, from, to)];
        for (int i = from; i < to; i++) {
            x[i] = ScalarMath.exp(x[i] - max);
        }
        return DotProduct.sum(x, from, to);
    }

    /** Refuses a range that is empty or not inside the array. */
    static void requireValues(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        if (from == to) {
            throw new IllegalArgumentException("expected at least one value, found an empty range");
        }
    }
}
