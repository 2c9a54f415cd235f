package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.math.ScalarMath;

/**
 * The parameters of a gated delta rule, and the layout of its state.
 *
 * @param keyHeads the number of heads of queries and keys
 * @param valueHeads the number of heads of values, a multiple of the key heads; each has a state
 * @param keyDim the width of a query and of a key
 * @param valueDim the width of a value
 * @param a {@code [valueHeads]}: {@code -exp(A_log)} in float32
 * @param dtBias {@code [valueHeads]}: added to alpha before softplus
 * @param allowNegativeEigenvalues whether beta is doubled, to lie between 0 and 2
 * @param interleavedHeads whether value head j uses key head {@code j % keyHeads}, as GGUF orders the heads, and not
 *     {@code j / (valueHeads / keyHeads)}, as checkpoints do
 */
public record DeltaRuleParameters(int keyHeads, int valueHeads, int keyDim, int valueDim, float[] a, float[] dtBias,
        boolean allowNegativeEigenvalues, boolean interleavedHeads) {
    /** Added to the sum of squares of a query or key before the root. */
    private static final float EPS = 1e-6f;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if the dimensions are not positive or too large, the key heads do not divide the
     *     value heads, or an array does not fit the value heads
     */
    public DeltaRuleParameters {
        HeadLayout.check(valueHeads, valueDim, keyDim);
        if (keyHeads < 1 || valueHeads % keyHeads != 0) {
            throw new IllegalArgumentException("delta rule: expected a number of key heads that divides " + valueHeads
                    + " value heads, found " + keyHeads);
        }
        if (2L * keyHeads * keyDim + (long) valueHeads * valueDim > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("delta rule: queries, keys and values do not fit a row of an array");
        }
        check("A", valueHeads, a);
        check("dt_bias", valueHeads, dtBias);
    }

    private static void check(String name, int heads, float[] values) {
        if (values.length != heads) {
            throw new IllegalArgumentException(
                    "delta rule: " + name + ": expected " + heads + " values, found " + values.length);
        }
    }

    /**
     * The columns of queries, keys and values together.
     *
     * @return {@code 2 * keyHeads * keyDim + valueHeads * valueDim}
     */
    public int qkvCols() {
        return 2 * keyHeads * keyDim + valueCols();
    }

    /**
     * The columns of the values of all heads.
     *
     * @return {@code valueHeads * valueDim}
     */
    public int valueCols() {
        return valueHeads * valueDim;
    }

    /**
     * The size of the state that a sequence carries from one call to the next, in the layout of {@link #pack}.
     *
     * @return a number of floats
     */
    public int stateSize() {
        return HeadLayout.size(valueHeads, valueDim, keyDim);
    }

    /**
     * Brings a state into the layout of the kernels.
     *
     * @param s {@code [valueHeads, keyDim, valueDim]}
     * @return a new array of {@link #stateSize} floats
     * @throws IllegalArgumentException if the array has another size
     */
    public float[] pack(float[] s) {
        return HeadLayout.pack(s, valueHeads, valueDim, keyDim, true);
    }

    /**
     * The way back from {@link #pack}.
     *
     * @param packed a state in the layout of the kernels
     * @return a new array {@code [valueHeads, keyDim, valueDim]}
     * @throws IllegalArgumentException if the array has another size
     */
    public float[] unpack(float[] packed) {
        return HeadLayout.unpack(packed, valueHeads, valueDim, keyDim, true);
    }

    /** The key head of a value head. */
    int keyHead(int valueHead) {
        return interleavedHeads ? valueHead % keyHeads : valueHead / (valueHeads / keyHeads);
    }

    /** The first column of a key head's query. */
    int qCol(int keyHead) {
        return keyHead * keyDim;
    }

    /** The first column of a key head's key. */
    int kCol(int keyHead) {
        return (keyHeads + keyHead) * keyDim;
    }

    /** The first column of a value head's value. */
    int vCol(int valueHead) {
        return 2 * keyHeads * keyDim + valueHead * valueDim;
    }

    /** What the state of a head is multiplied by in a step. */
    float decay(int head, float alpha) {
        return ScalarMath.exp(a[head] * ScalarMath.softplus(alpha + dtBias[head]));
    }

    /** How much of a step's difference is learnt. */
    float beta(float b) {
        float sigmoid = 1f / (1f + ScalarMath.exp(-b));
        return allowNegativeEigenvalues ? 2f * sigmoid : sigmoid;
    }

    /** The factor that gives a query or key length 1. */
    static float normScale(float sumOfSquares) {
        return 1f / (float) Math.sqrt(sumOfSquares + EPS);
    }

    /** The other factor of a query. */
    float queryScale() {
        return 1f / (float) Math.sqrt(keyDim);
    }
}
