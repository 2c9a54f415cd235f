package io.github.mamba4j.kernels.math;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The elementary functions of {@link ScalarMath} over arrays: the same operations in the same order. Each is written out
 * in its loop, because a vector that crosses a method boundary may be put into an object.
 */
public final class VectorMath {
    private static final int EXPONENT_SHIFT = 23;
    private static final int EXPONENT_BIAS = 127;
    private static final int SIGN = 0x8000_0000;
    private static final int EXP_MIN_BITS = Float.floatToRawIntBits(ScalarMath.EXP_MIN);

    private VectorMath() {}

    /**
     * {@code to[i] = exp(from[i])} for n values.
     *
     * @param from the values
     * @param fromAt index of the first
     * @param to the output
     * @param toAt index of the first
     * @param n the number of values
     */
    public static void exp(float[] from, int fromAt, float[] to, int toAt, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector v = FloatVector.fromArray(FLOATS, from, fromAt + i).max(ScalarMath.EXP_MIN)
                    .min(ScalarMath.EXP_MAX);
            FloatVector t = v.fma(FloatVector.broadcast(FLOATS, ScalarMath.LOG2E),
                    FloatVector.broadcast(FLOATS, ScalarMath.ROUND));
            FloatVector n1 = t.sub(ScalarMath.ROUND);
            FloatVector r = n1.fma(FloatVector.broadcast(FLOATS, -ScalarMath.LN2_HI), v);
            r = n1.fma(FloatVector.broadcast(FLOATS, -ScalarMath.LN2_LO), r);
            FloatVector p = r.fma(FloatVector.broadcast(FLOATS, ScalarMath.EXP_6),
                    FloatVector.broadcast(FLOATS, ScalarMath.EXP_5));
            p = p.fma(r, FloatVector.broadcast(FLOATS, ScalarMath.EXP_4));
            p = p.fma(r, FloatVector.broadcast(FLOATS, ScalarMath.EXP_3));
            p = p.fma(r, FloatVector.broadcast(FLOATS, ScalarMath.EXP_2));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
            IntVector k = t.reinterpretAsInts().sub(ScalarMath.ROUND_BITS);
            IntVector half = k.lanewise(ASHR, 1);
            FloatVector s1 = half.add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats();
            FloatVector s2 = k.sub(half).add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats();
            p.mul(s1).mul(s2).intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] = ScalarMath.exp(from[fromAt + i]);
        }
    }

    /**
     * {@code to[i] = silu(from[i])} for n values.
     *
     * @param from the values
     * @param fromAt index of the first
     * @param to the output
     * @param toAt index of the first
     * @param n the number of values
     */
    public static void silu(float[] from, int fromAt, float[] to, int toAt, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector x = FloatVector.fromArray(FLOATS, from, fromAt + i);
            // Compare and blend: max and min, which tell zeros apart, are six instructions each.
            FloatVector v = x.neg();
            VectorMask<Float> over = v.compare(GT, ScalarMath.SILU_EXP_MAX);
            v = v.blend(ScalarMath.SILU_EXP_MAX, over).blend(ScalarMath.SILU_EXP_MIN,
                    v.compare(LT, ScalarMath.SILU_EXP_MIN));
            FloatVector t = v.fma(FloatVector.broadcast(FLOATS, ScalarMath.LOG2E),
                    FloatVector.broadcast(FLOATS, ScalarMath.ROUND));
            FloatVector n1 = t.sub(ScalarMath.ROUND);
            FloatVector r = n1.fma(FloatVector.broadcast(FLOATS, -ScalarMath.LN2_HI), v);
            r = n1.fma(FloatVector.broadcast(FLOATS, -ScalarMath.LN2_LO), r);
            FloatVector p = r.fma(FloatVector.broadcast(FLOATS, ScalarMath.EXP_6),
                    FloatVector.broadcast(FLOATS, ScalarMath.EXP_5));
            p = p.fma(r, FloatVector.broadcast(FLOATS, ScalarMath.EXP_4));
            p = p.fma(r, FloatVector.broadcast(FLOATS, ScalarMath.EXP_3));
            p = p.fma(r, FloatVector.broadcast(FLOATS, ScalarMath.EXP_2));
            FloatVector m = r.mul(r).fma(p, r);
            FloatVector s = t.reinterpretAsInts().sub(ScalarMath.ROUND_BITS).add(EXPONENT_BIAS)
                    .lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats();
            FloatVector one = FloatVector.broadcast(FLOATS, 1f);
            FloatVector sum = s.add(one);
            FloatVector lost = one.sub(sum.sub(s));
            FloatVector denominator = s.fma(m, lost).add(sum);
            x.div(denominator).blend(-0f, over).intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] = ScalarMath.silu(from[fromAt + i]);
        }
    }

    /**
     * {@code to[i] = sigmoid(from[i])} for n values.
     *
     * @param from the values
     * @param fromAt index of the first
     * @param to the output
     * @param toAt index of the first
     * @param n the number of values
     */
    public static void sigmoid(float[] from, int fromAt, float[] to, int toAt, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, from, fromAt + i).neg().intoArray(to, toAt + i);
        }
        exp(to, toAt, to, toAt, whole);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            one.div(FloatVector.fromArray(FLOATS, to, toAt + i).add(one)).intoArray(to, toAt + i);
        }
        for (int i = whole; i < n; i++) {
            to[toAt + i] = ScalarMath.sigmoid(from[fromAt + i]);
        }
    }

    /**
     * {@code x[i] = softplus(x[i])} for n values.
     *
     * @param x the values
     * @param at index of the first
     * @param n the number of values
     */
    public static void softplus(float[] x, int at, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector in = FloatVector.fromArray(FLOATS, x, at + i);
            // With the sign bit set, a larger magnitude is a larger integer. This holds NaN too, which comes back below.
            FloatVector v = in.reinterpretAsInts().or(SIGN).min(EXP_MIN_BITS).reinterpretAsFloats();
            FloatVector t = v.fma(FloatVector.broadcast(FLOATS, ScalarMath.LOG2E),
                    FloatVector.broadcast(FLOATS, ScalarMath.ROUND));
            FloatVector n1 = t.sub(ScalarMath.ROUND);
            FloatVector r = n1.fma(FloatVector.broadcast(FLOATS, -ScalarMath.LN2_HI), v);
            r = n1.fma(FloatVector.broadcast(FLOATS, -ScalarMath.LN2_LO), r);
            FloatVector p = r.fma(FloatVector.broadcast(FLOATS, ScalarMath.EXP_6),
                    FloatVector.broadcast(FLOATS, ScalarMath.EXP_5));
            p = p.fma(r, FloatVector.broadcast(FLOATS, ScalarMath.EXP_4));
            p = p.fma(r, FloatVector.broadcast(FLOATS, ScalarMath.EXP_3));
            p = p.fma(r, FloatVector.broadcast(FLOATS, ScalarMath.EXP_2));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
            p = p.fma(r, FloatVector.broadcast(FLOATS, 1f));
            IntVector k = t.reinterpretAsInts().sub(ScalarMath.ROUND_BITS);
            IntVector half = k.lanewise(ASHR, 1);
            FloatVector s1 = half.add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats();
            FloatVector s2 = k.sub(half).add(EXPONENT_BIAS).lanewise(LSHL, EXPONENT_SHIFT).reinterpretAsFloats();
            FloatVector y = p.mul(s1).mul(s2);
            // log1p(y)
            FloatVector s = y.div(y.add(2f));
            FloatVector z = s.mul(s);
            FloatVector q = z.fma(FloatVector.broadcast(FLOATS, ScalarMath.LOG_3),
                    FloatVector.broadcast(FLOATS, ScalarMath.LOG_2));
            q = q.fma(z, FloatVector.broadcast(FLOATS, ScalarMath.LOG_1));
            q = q.fma(z, FloatVector.broadcast(FLOATS, ScalarMath.LOG_0));
            FloatVector log = s.neg().fma(z.neg().fma(q, y), y);
            in.blend(0f, in.compare(LT, 0f)).add(log).intoArray(x, at + i);
        }
        for (int i = whole; i < n; i++) {
            x[at + i] = ScalarMath.softplus(x[at + i]);
        }
    }

    /**
     * The largest of n values; NaN if there is one.
     *
     * @param x the values
     * @param at index of the first
     * @param n the number of values, at least 1
     * @return the maximum
     */
    public static float max(float[] x, int at, int n) {
        FloatVector best = FloatVector.broadcast(FLOATS, x[at]);
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            best = FloatVector.fromArray(FLOATS, x, at + i).max(best);
        }
        // The order of lanes does not matter to a maximum.
        float max = best.reduceLanes(VectorOperators.MAX);
        for (int i = whole; i < n; i++) {
            max = Math.max(max, x[at + i]);
        }
        return max;
    }

    /** The index of the first value that equals {@code value}; there has to be one. */
    static int indexOf(float[] x, int from, int to, float value) {
        int whole = from + FLOATS.loopBound(to - from);
        int i = from;
        while (i < whole && !FloatVector.fromArray(FLOATS, x, i).eq(value).anyTrue()) {
            i += FLOATS.length();
        }
        while (x[i] != value) {
            i++;
        }
        return i;
    }

    /** The index of the first NaN; there has to be one. */
    static int indexOfNaN(float[] x, int from) {
        int i = from;
        while (!Float.isNaN(x[i])) {
            i++;
        }
        return i;
    }

    /**
     * {@code x[i] = x[i] - s} for n values.
     *
     * @param x the values
     * @param at index of the first
     * @param n the number of values
     * @param s what is subtracted
     */
    public static void subtract(float[] x, int at, int n, float s) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector.fromArray(FLOATS, x, at + i).sub(s).intoArray(x, at + i);
        }
        for (int i = whole; i < n; i++) {
            x[at + i] -= s;
        }
    }
}
