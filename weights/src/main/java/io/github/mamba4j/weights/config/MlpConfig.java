package io.github.mamba4j.weights.config;

import java.util.Objects;

/**
 * A network of two layers on each row by itself.
 *
 * @param width the width between the layers
 * @param kind what stands between them
 * @param bias whether the layers have biases
 * @param gateScale what the gate is multiplied by before its activation; 1 in most families, and where there is no gate
 */
public record MlpConfig(int width, Kind kind, boolean bias, float gateScale) implements MixerConfig {
    /** What stands between the layers. */
    public enum Kind {
        /** {@code down(silu(gate(x)) * up(x))} (Shazeer 2020). */
        SWIGLU(true),
        /** {@code down(max(up(x), 0)^2)} (So and others 2021). */
        SQUARED_RELU(false);

        private final boolean gated;

        Kind(boolean gated) {
            this.gated = gated;
        }

        /**
         * Whether there is a gate beside the first layer.
         *
         * @return true if a third matrix is needed
         */
        public boolean isGated() {
            return gated;
        }
    }

    /**
     * Checks the width.
     *
     * @throws IllegalArgumentException if it is out of range, or the scale is not finite
     */
    public MlpConfig {
        Checks.range("width of an MLP", width, 1, Checks.MAX_WIDTH);
        Objects.requireNonNull(kind, "kind");
        Checks.finite("scale of the gate", gateScale);
    }

    /**
     * Layers without a scale of the gate.
     *
     * @param width the width between the layers
     * @param kind what stands between them
     * @param bias whether the layers have biases
     */
    public MlpConfig(int width, Kind kind, boolean bias) {
        this(width, kind, bias, 1);
    }
}
