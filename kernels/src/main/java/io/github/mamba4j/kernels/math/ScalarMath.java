package io.github.mamba4j.kernels.math;

/**
 * The elementary functions of canonical arithmetic, for one float: what the fast kernels compute for a vector of them,
 * operation by operation. Coefficients are minimax polynomials of our own (Remez in binary64, then rounded);
 * accuracies are measured against binary64 in the tests.
 */
public final class ScalarMath {
    /** log2 e. */
    public static final float LOG2E = 0x1.715476p0f;
    /** ln 2 as the sum of two floats. */
    static final float LN2_HI = 0x1.62e43p-1f;
    static final float LN2_LO = -0x1.05c61p-29f;
    /** Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits of the sum. */
    public static final float ROUND = 0x1.8p23f;
    static final int ROUND_BITS = 0x4b40_0000;

    /** exp(x) is 0 below and infinite above. */
    static final float EXP_MIN = -104f;
    static final float EXP_MAX = 89f;
    /** Coefficients of (exp(r) - 1 - r) / r^2. */
    static final float EXP_2 = 0.49999994f;
    static final float EXP_3 = 0.16666521f;
    static final float EXP_4 = 0.04166839f;
    static final float EXP_5 = 0.008368745f;
    static final float EXP_6 = 0.001381454f;

    /** Where silu holds the argument of exp. */
    static final float SILU_EXP_MIN = -87f;
    static final float SILU_EXP_MAX = 88f;

    /** Below this exponent a decay is held, so that the power of two never leaves the normal range. */
    static final float DECAY_MIN = -125.5f;
    /** Its bits. */
    public static final int DECAY_MIN_BITS = Float.floatToRawIntBits(DECAY_MIN);
    /** Coefficients of (exp2(f) - 1) / f for f from -1/2 to 1/2. */
    public static final float EXP2_1 = 0.69314694f;
    /** See {@link #EXP2_1}. */
    public static final float EXP2_2 = 0.24022245f;
    /** See {@link #EXP2_1}. */
    public static final float EXP2_3 = 0.05550763f;
    /** See {@link #EXP2_1}. */
    public static final float EXP2_4 = 0.009671601f;
    /** See {@link #EXP2_1}. */
    public static final float EXP2_5 = 0.001326448f;

    /** (2 atanh(s) - 2s) / s^3 as a polynomial in s^2, for 0 <= s <= 1/3. */
    static final float LOG_0 = 0.6666642f;
    static final float LOG_1 = 0.40021545f;
    static final float LOG_2 = 0.2800151f;
    static final float LOG_3 = 0.2801348f;

    private ScalarMath() {}

    /**
     * The exponential function, within 1 ulp where the result is a normal number; gradual underflow, overflow to
     * infinity.
     *
     * @param x any float
     * @return e to the power of x
     */
    public static float exp(float x) {
        float v = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
        // x = n * ln(2) + r, |r| <= ln(2) / 2
        float t = Math.fma(v, LOG2E, ROUND);
        float n = t - ROUND;
        float r = reduce(v, n);
        float p = Math.fma(expTail(r), r, 1f);
        p = Math.fma(p, r, 1f);
        // In two steps, because 2^n alone may be outside the normal range.
        int i = Float.floatToRawIntBits(t) - ROUND_BITS;
        int half = i >> 1;
        return p * powerOfTwo(half) * powerOfTwo(i - half);
    }

    /** v - n * ln(2) for an integer n. */
    private static float reduce(float v, float n) {
        return Math.fma(n, -LN2_LO, Math.fma(n, -LN2_HI, v));
    }

    /** (exp(r) - 1 - r) / r^2 for |r| <= ln(2) / 2. */
    private static float expTail(float r) {
        float p = Math.fma(EXP_6, r, EXP_5);
        p = Math.fma(p, r, EXP_4);
        p = Math.fma(p, r, EXP_3);
        return Math.fma(p, r, EXP_2);
    }

    private static float powerOfTwo(int n) {
        return Float.intBitsToFloat((n + 127) << 23);
    }

    /**
     * Two to a power that is not positive, as the scan's decay needs it: within 2 ulp for x between -125.5 and -0,
     * and 2^-125.5 below. A positive x, or +0, is outside its domain.
     *
     * @param x -0 or less
     * @return 2 to the power of x
     */
    public static float exp2Decay(float x) {
        // For floats with the sign bit set, a larger magnitude is a larger integer.
        float v = Float.intBitsToFloat(Math.min(Float.floatToRawIntBits(x), DECAY_MIN_BITS));
        float t = v + ROUND;
        float f = v - (t - ROUND);
        float p = Math.fma(EXP2_5, f, EXP2_4);
        p = Math.fma(p, f, EXP2_3);
        p = Math.fma(p, f, EXP2_2);
        p = Math.fma(p, f, EXP2_1);
        p = Math.fma(p, f, 1f);
        // The integer part stands in t's low bits: shifted into the exponent, it multiplies by its power of two.
        return Float.intBitsToFloat(Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(t) << 23));
    }

    /**
     * {@code log(1 + y)} for y from 0 to 1, within 2 ulp however small y is.
     *
     * @param y between 0 and 1
     * @return the natural logarithm of 1 + y
     */
    public static float log1p(float y) {
        // log(1 + y) = 2 atanh(s) with s = y / (2 + y), and 2s = y - s*y.
        float s = y / (2f + y);
        float z = s * s;
        float p = Math.fma(LOG_3, z, LOG_2);
        p = Math.fma(p, z, LOG_1);
        p = Math.fma(p, z, LOG_0);
        return Math.fma(-s, Math.fma(-z, p, y), y);
    }

    /**
     * {@code log(1 + exp(x))}, computed as {@code max(x, 0) + log1p(exp(-|x|))}: no overflow for large x, and no loss of
     * small results.
     *
     * @param x any float
     * @return softplus of x
     */
    public static float softplus(float x) {
        return Math.max(x, 0f) + log1p(exp(-Math.abs(x)));
    }

    /**
     * {@code 1 / (1 + exp(-x))}, in two correctly rounded steps after exp.
     *
     * @param x any float
     * @return sigmoid of x
     */
    public static float sigmoid(float x) {
        return 1f / (1f + exp(-x));
    }

    /**
     * {@code x * sigmoid(x)} as {@code x / (1 + exp(-x))}, within 2 ulp for x from -88 up; -0 below, where the true
     * value is smaller than 6e-37. Infinite only for x = infinity.
     *
     * @param x any float
     * @return silu of x
     */
    public static float silu(float x) {
        // Below -87 exp(-x) adds nothing to 1 any more; above 88 it would overflow.
        float v = Math.min(Math.max(-x, SILU_EXP_MIN), SILU_EXP_MAX);
        float t = Math.fma(v, LOG2E, ROUND);
        float r = reduce(v, t - ROUND);
        float m = Math.fma(r * r, expTail(r), r);
        float s = powerOfTwo(Float.floatToRawIntBits(t) - ROUND_BITS);
        // exp(-x) = s + s*m, which is never rounded by itself: 1 + s is, and what that lost is added again with s*m.
        float sum = 1f + s;
        float lost = 1f - (sum - s);
        float denominator = Math.fma(s, m, lost) + sum;
        return x < -SILU_EXP_MAX ? -0f : x / denominator;
    }
}
