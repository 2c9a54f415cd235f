package io.github.mamba4j.kernels.math;

import java.util.Objects;

/**
 * Elementary functions and reductions of arrays. Thread-safe; see {@link io.github.mamba4j.kernels.Kernels} for ranges and
 * refusals.
 */
public sealed interface Elementwise permits ScalarElementwise, PanamaElementwise {
    /**
     * The plain loops.
     *
     * @return the definition of these operations
     */
    static Elementwise scalar() {
        return new ScalarElementwise();
    }

    /**
     * The loops on the Vector API, which must be there.
     *
     * @return an implementation with the same bits
     */
    static Elementwise vector() {
        return new PanamaElementwise();
    }

    /**
     * {@code x[i] = exp(x[i])}, see {@link ScalarMath#exp(float)}.
     *
     * @param x the values
     * @param from the first index
     * @param to the index after the last
     */
    void exp(float[] x, int from, int to);

    /**
     * {@code x[i] = silu(x[i])}, see {@link ScalarMath#silu(float)}.
     *
     * @param x the values
     * @param from the first index
     * @param to the index after the last
     */
    void silu(float[] x, int from, int to);

    /**
     * {@code x[i] = softplus(x[i])}, see {@link ScalarMath#softplus(float)}.
     *
     * @param x the values
     * @param from the first index
     * @param to the index after the last
     */
    void softplus(float[] x, int from, int to);

    /**
     * {@code x[i] = x[i] * factor}.
     *
     * @param factor the factor
     * @param x the values
     * @param from the first index
     * @param to the index after the last
     */
    default void scale(float factor, float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        // One multiplication an element: compilers make vectors of this loop by themselves.
        for (int i = from; i < to; i++) {
            x[i] *= factor;
        }
    }

    /**
     * The index of the largest value, the first of several. NaN is larger than everything, so that a broken model is
     * seen and not hidden.
     *
     * @param x the values
     * @param from the first index
     * @param to the index after the last, beyond {@code from}
     * @return the index in x
     */
    int argmax(float[] x, int from, int to);

    /**
     * Turns values into exponentials relative to their maximum, and adds them up: {@code x[i] = exp(x[i] - max(x))}. The
     * sum runs in 16 lanes like a dot product. Divide by it for the softmax; {@code max + log(sum)} is the log-sum-exp.
     *
     * @param x the values; the range must not be empty
     * @param from the first index
     * @param to the index after the last
     * @return the sum of the new values
     */
    float expSum(float[] x, int from, int to);
}
