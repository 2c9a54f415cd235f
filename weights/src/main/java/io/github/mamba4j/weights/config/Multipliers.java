package io.github.mamba4j.weights.config;

/**
 * Fixed factors at both ends of a model.
 *
 * @param embedding what the embedding is multiplied by
 * @param logits what the logits are multiplied by
 */
public record Multipliers(float embedding, float logits) {
    /** Factors of 1. */
    public static final Multipliers NONE = new Multipliers(1, 1);

    /**
     * Checks the factors.
     *
     * @throws IllegalArgumentException if one is not finite
     */
    public Multipliers {
        Checks.finite("embedding multiplier", embedding);
        Checks.finite("logits multiplier", logits);
    }
}
