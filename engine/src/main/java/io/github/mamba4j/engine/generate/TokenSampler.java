package io.github.mamba4j.engine.generate;

/**
 * A way of one's own to choose a token, in place of temperature, top-k and the other limits. See
 * {@link GenerationOptions#sampler()}. One object may serve many texts at once and must be thread-safe.
 */
@FunctionalInterface
public interface TokenSampler {
    /**
     * Chooses the next token. Should be a function of its arguments, so that a text does not depend on its company.
     *
     * @param logits {@code [vocabSize]}, by token id, after all rules; {@code -Infinity} is a token that is forbidden.
     *     Valid during the call only, and may be changed
     * @param u the random number of this token, from 0 to below 1, see {@linkplain io.github.mamba4j.engine.generate the
     *     package}
     * @return the id of a token that is not forbidden
     */
    int sample(float[] logits, double u);
}
