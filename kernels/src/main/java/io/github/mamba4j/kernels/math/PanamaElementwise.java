package io.github.mamba4j.kernels.math;

import java.util.Objects;

/** {@link Elementwise} on the Vector API. */
final class PanamaElementwise implements Elementwise {
    @Override
    public void exp(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        VectorMath.exp(x, from, x, from, to - from);
    }

    @Override
    public void silu(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        VectorMath.silu(x, from, x, from, to - from);
    }

    @Override
    public void softplus(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        VectorMath.softplus(x, from, to - from);
    }

    @Override
    public int argmax(float[] x, int from, int to) {
        ScalarElementwise.requireValues(x, from, to);
        float max = VectorMath.max(x, from, to - from);
        return Float.isNaN(max) ? VectorMath.indexOfNaN(x, from) : VectorMath.indexOf(x, from, to, max);
    }

    @Override
    public float expSum(float[] x, int from, int to) {
        ScalarElementwise.requireValues(x, from, to);
        int n = to - from;
        VectorMath.subtract(x, from, n, VectorMath.max(x, from, n));
        VectorMath.exp(x, from, x, from, n);
        return VectorSums.sum(x, from, n);
    }
}
