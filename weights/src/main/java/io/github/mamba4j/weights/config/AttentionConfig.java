package io.github.mamba4j.weights.config;

import java.util.Objects;
import java.util.Optional;

/**
 * Causal attention with grouped queries (Vaswani and others 2017; Ainslie and others 2023): {@code heads / kvHeads} query
 * heads share a head of keys and values.
 *
 * @param heads query heads
 * @param kvHeads heads of keys and values
 * @param headDim width of a head
 * @param scale what the dot products of queries and keys are multiplied by
 * @param rope rotary positions; none if the model has no positions
 * @param qkNorm norms on each head of queries and keys, before the rotation
 * @param outputGate whether the heads' outputs are multiplied by the sigmoid of a gate
 * @param bias whether the projections to queries, keys and values have a bias
 * @param outBias whether the projection of the output has a bias
 * @param maxPositions the longest text that the model was made for, in tokens; 0 if the configuration does not say
 */
public record AttentionConfig(int heads, int kvHeads, int headDim, float scale, Optional<Rope> rope,
        Optional<QkNorm> qkNorm, boolean outputGate, boolean bias, boolean outBias,
        int maxPositions) implements MixerConfig {
    /** The most heads. */
    private static final int MAX_HEADS = 1 << 12;

    /** Which elements of a head are turned together. */
    public enum Pairing {
        /** Elements i and i + dims / 2, as transformers has it. */
        HALVES,
        /** Elements 2 i and 2 i + 1, as the first implementation had it. */
        PAIRS
    }

    /**
     * Rotary positions: pair i of the row at position t is turned by {@code t * theta^(-2 i / dims)}.
     *
     * @param dims how many elements of a head are turned, from the first on; an even number
     * @param theta the base
     * @param pairing which elements are a pair
     */
    public record Rope(int dims, double theta, Pairing pairing) {
        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if the number of elements is odd, or a value is out of range
         */
        public Rope {
            Checks.range("elements of a head that are rotated", dims, 2, Checks.MAX_STATE);
            if (dims % 2 != 0) {
                throw new IllegalArgumentException(
                        "expected an even number of elements of a head that are rotated, found " + dims);
            }
            if (!(theta > 0 && theta < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("expected a positive rope theta, found " + theta);
            }
            Objects.requireNonNull(pairing, "pairing");
        }
    }

    /**
     * Root-mean-square norms with a weight of one head's width, the same for all heads.
     *
     * @param eps added to the mean square
     */
    public record QkNorm(float eps) {
        /** Checks eps. */
        public QkNorm {
            Checks.eps("eps of the norms of queries and keys", eps);
        }
    }

    /**
     * Checks the dimensions.
     *
     * @throws IllegalArgumentException if one is out of range, or they do not fit each other
     */
    public AttentionConfig {
        Checks.range("attention heads", heads, 1, MAX_HEADS);
        Checks.range("key-value heads", kvHeads, 1, heads);
        Checks.range("headDim", headDim, 1, Checks.MAX_STATE);
        Checks.range("width of all attention heads", heads * headDim, 1, Checks.MAX_WIDTH);
        Checks.finite("attention scale", scale);
        Checks.range("maxPositions", maxPositions, 0, Integer.MAX_VALUE);
        if (heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "expected attention heads that are a multiple of " + kvHeads + " key-value heads, found " + heads);
        }
        rope.ifPresent(r -> Checks.range("elements of a head that are rotated", r.dims(), 2, headDim));
        Objects.requireNonNull(qkNorm, "qkNorm");
    }

    /**
     * Plain attention: scaled by {@code 1 / sqrt(headDim)}, without positions, norms, gate and biases.
     *
     * @param heads query heads
     * @param kvHeads heads of keys and values
     * @param headDim width of a head
     * @return the configuration
     * @throws IllegalArgumentException if a dimension is out of range
     */
    public static AttentionConfig of(int heads, int kvHeads, int headDim) {
        return new AttentionConfig(heads, kvHeads, headDim, (float) (1 / Math.sqrt(headDim)), Optional.empty(),
                Optional.empty(), false, false, false, 0);
    }

    /**
     * The same with another scale.
     *
     * @param value what the dot products of queries and keys are multiplied by
     * @return the changed configuration
     */
    public AttentionConfig withScale(float value) {
        return new AttentionConfig(heads, kvHeads, headDim, value, rope, qkNorm, outputGate, bias, outBias,
                maxPositions);
    }

    /**
     * The same with rotary positions.
     *
     * @param value the positions
     * @return the changed configuration
     */
    public AttentionConfig withRope(Rope value) {
        return new AttentionConfig(heads, kvHeads, headDim, scale, Optional.of(value), qkNorm, outputGate, bias,
                outBias, maxPositions);
    }

    /**
     * The same with norms on queries and keys.
     *
     * @param value the norms
     * @return the changed configuration
     */
    public AttentionConfig withQkNorm(QkNorm value) {
        return new AttentionConfig(heads, kvHeads, headDim, scale, rope, Optional.of(value), outputGate, bias, outBias,
                maxPositions);
    }

    /**
     * The same with or without a gate.
     *
     * @param value whether the heads' outputs are multiplied by the sigmoid of a gate
     * @return the changed configuration
     */
    public AttentionConfig withOutputGate(boolean value) {
        return new AttentionConfig(heads, kvHeads, headDim, scale, rope, qkNorm, value, bias, outBias, maxPositions);
    }

    /**
     * The same with or without biases.
     *
     * @param inputs whether the projections to queries, keys and values have a bias
     * @param output whether the projection of the output has one
     * @return the changed configuration
     */
    public AttentionConfig withBias(boolean inputs, boolean output) {
        return new AttentionConfig(heads, kvHeads, headDim, scale, rope, qkNorm, outputGate, inputs, output,
                maxPositions);
    }

    /**
     * The same for texts of another length.
     *
     * @param value the longest text that the model was made for, in tokens; 0 if the configuration does not say
     * @return the changed configuration
     */
    public AttentionConfig withMaxPositions(int value) {
        return new AttentionConfig(heads, kvHeads, headDim, scale, rope, qkNorm, outputGate, bias, outBias, value);
    }

    /**
     * The width of all query heads.
     *
     * @return {@code heads * headDim}
     */
    public int width() {
        return heads * headDim;
    }

    /**
     * The width of all heads of keys, and of values.
     *
     * @return {@code kvHeads * headDim}
     */
    public int kvWidth() {
        return kvHeads * headDim;
    }
}
