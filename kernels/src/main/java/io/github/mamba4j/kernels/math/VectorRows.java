package io.github.mamba4j.kernels.math;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.machine.VectorWidth.INTS;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Elementwise work on stretches of rows. */
public final class VectorRows {
    /** All bits of it are set in floats that are not finite. */
    private static final int EXPONENT = 0x7f80_0000;

    private VectorRows() {}

    /**
     * {@code to[i] = from[i] * scale * weight[i]} for n values.
     *
     * @param from the values
     * @param fromAt index of the first
     * @param scale the factor of all
     * @param weight the factors of each
     * @param weightAt index of the first
     * @param to the output; may be from, element for element
     * @param toAt index of the first
     * @param n the number of values
     */
    public static void scale(float[] from, int fromAt, float scale, float[] weight, int weightAt, float[] to, int toAt,
            int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, from, fromAt + i).mul(scale)
                    .mul(FloatVector.fromArray(FLOATS, weight, weightAt + i)).intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] = from[fromAt + i] * scale * weight[weightAt + i];
        }
    }

    /**
     * {@code to[i] = from[i] * scale} for n values.
     *
     * @param from the values
     * @param fromAt index of the first
     * @param scale the factor
     * @param to the output; may be from, element for element
     * @param toAt index of the first
     * @param n the number of values
     */
    public static void scale(float[] from, int fromAt, float scale, float[] to, int toAt, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, from, fromAt + i).mul(scale).intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] = from[fromAt + i] * scale;
        }
    }

    /**
     * {@code to[i] = from[i] * by[i]} for n values.
     *
     * @param from the values
     * @param fromAt index of the first
     * @param by the factors
     * @param byAt index of the first
     * @param to the output; may be either, element for element
     * @param toAt index of the first
     * @param n the number of values
     */
    public static void multiply(float[] from, int fromAt, float[] by, int byAt, float[] to, int toAt, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, from, fromAt + i).mul(FloatVector.fromArray(FLOATS, by, byAt + i))
                    .intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] = from[fromAt + i] * by[byAt + i];
        }
    }

    /**
     * {@code to[i] = fma(scale, from[i], to[i])} for n values.
     *
     * @param from the values
     * @param fromAt index of the first
     * @param scale the factor
     * @param to what is added to
     * @param toAt index of the first
     * @param n the number of values
     */
    public static void addScaled(float[] from, int fromAt, float scale, float[] to, int toAt, int n) {
        FloatVector factor = FloatVector.broadcast(FLOATS, scale);
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            factor.fma(FloatVector.fromArray(FLOATS, from, fromAt + i), FloatVector.fromArray(FLOATS, to, toAt + i))
                    .intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] = Math.fma(scale, from[fromAt + i], to[toAt + i]);
        }
    }

    /**
     * {@code to[i] = from[i] * scale} for n values, whole vectors of them; whether the results are finite.
     *
     * @param from the values
     * @param fromAt index of the first
     * @param scale the factor
     * @param to the output
     * @param n the number of values
     * @return whether the results are finite
     */
    public static boolean scaleFinite(float[] from, int fromAt, float scale, float[] to, int n) {
        IntVector most = IntVector.zero(INTS);
        for (int i = 0; i < n; i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, from, fromAt + i).mul(scale);
            v.intoArray(to, i);
            most = v.reinterpretAsInts().and(EXPONENT).max(most);
        }
        return most.reduceLanes(MAX) != EXPONENT;
    }

    /**
     * {@code to[i] = to[i] + from[i]} for n values.
     *
     * @param from the values
     * @param fromAt index of the first
     * @param to the output
     * @param toAt index of the first
     * @param n the number of values
     */
    public static void add(float[] from, int fromAt, float[] to, int toAt, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, to, toAt + i).add(FloatVector.fromArray(FLOATS, from, fromAt + i))
                    .intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] += from[fromAt + i];
        }
    }

    /**
     * {@code to[i] = from[i]} and {@code product[i] = from[i] * by[i]} for n values.
     *
     * @param from the values
     * @param fromAt index of the first
     * @param by the factors
     * @param byAt index of the first
     * @param to the output
     * @param toAt index of the first
     * @param productAt index of the first product, in {@code to}
     * @param n the number of values
     */
    public static void copyAndMultiply(float[] from, int fromAt, float[] by, int byAt, float[] to, int toAt,
            int productAt,
            int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, from, fromAt + i);
            v.intoArray(to, toAt + i);
            v.mul(FloatVector.fromArray(FLOATS, by, byAt + i)).intoArray(to, productAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] = from[fromAt + i];
            to[productAt + i] = from[fromAt + i] * by[byAt + i];
        }
    }

    /**
     * {@code to[i] = fma(a[i], b[i], sum[i]) * gate[i]} for n values.
     *
     * @param a the first factors
     * @param aAt index of the first
     * @param b the second factors
     * @param bAt index of the first
     * @param sum what is added
     * @param sumAt index of the first
     * @param gate the gates, from index 0
     * @param to the output
     * @param toAt index of the first
     * @param n the number of values
     */
    public static void multiplyAddAndGate(float[] a, int aAt, float[] b, int bAt, float[] sum, int sumAt, float[] gate,
            float[] to, int toAt, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, a, aAt + i)
                    .fma(FloatVector.fromArray(FLOATS, b, bAt + i), FloatVector.fromArray(FLOATS, sum, sumAt + i))
                    .mul(FloatVector.fromArray(FLOATS, gate, i)).intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] = Math.fma(a[aAt + i], b[bAt + i], sum[sumAt + i]) * gate[i];
        }
    }
}
