package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.VectorWidth.INTS;
import static jdk.incubator.vector.VectorOperators.MAX;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** Elementwise work on stretches of rows. */
final class PanamaRows {
    /** All of it is set in numbers that are not finite. */
    private static final int EXPONENT = 0x7f80_0000;

    private PanamaRows() {}

    /** {@code to[i] = from[i] * scale * weight[i]} for n values. */
    static void scale(float[] from, int fromAt, float scale, float[] weight, float[] to, int toAt, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, from, fromAt + i).mul(scale).mul(FloatVector.fromArray(FLOATS, weight, i))
                    .intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] = from[fromAt + i] * scale * weight[i];
        }
    }

    /** {@code to[i] = from[i] * scale} for n values, whole vectors of them; whether the results are finite. */
    static boolean scaleFinite(float[] from, int fromAt, float scale, float[] to, int n) {
        IntVector most = IntVector.zero(INTS);
        for (int i = 0; i < n; i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, from, fromAt + i).mul(scale);
            v.intoArray(to, i);
            most = v.reinterpretAsInts().and(EXPONENT).max(most);
        }
        return most.reduceLanes(MAX) != EXPONENT;
    }

    /** {@code to[i] = to[i] + from[i]} for n values. */
    static void add(float[] from, int fromAt, float[] to, int toAt, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, to, toAt + i).add(FloatVector.fromArray(FLOATS, from, fromAt + i))
                    .intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] += from[fromAt + i];
        }
    }

    /** {@code to[i] = from[i]} and {@code product[i] = from[i] * by[i]} for n values. */
    static void copyAndMultiply(float[] from, int fromAt, float[] by, int byAt, float[] to, int toAt, int productAt,
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

    /** {@code to[i] = fma(a[i], b[i], sum[i]) * gate[i]} for n values. */
    static void multiplyAddAndGate(float[] a, int aAt, float[] b, int bAt, float[] sum, int sumAt, float[] gate,
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
