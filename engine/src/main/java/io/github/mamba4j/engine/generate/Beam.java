package io.github.mamba4j.engine.generate;

/**
 * A text that beam search has found. The array must not be changed.
 *
 * @param tokenIds the generated tokens, with the end-of-text token or the tokens of a stop string that ended the text
 * @param text their text, without special tokens and stop strings
 * @param logprob the sum of the tokens' natural log-probabilities, after processors
 * @param score what the texts are ordered by, see {@link BeamOptions}
 * @param finishReason why it ends
 */
public record Beam(int[] tokenIds, String text, double logprob, double score, FinishReason finishReason) {
    @Override
    public String toString() {
        return "Beam[text=" + Texts.shortened(text) + ", score=" + score + ", logprob=" + logprob + ", finishReason="
                + finishReason + ", tokenIds=" + Texts.shortened(tokenIds) + "]";
    }
}
