package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.MambaState;
import java.util.List;
import java.util.Optional;

/**
 * A generated text with all that is known of it. Immutable, except for the state, which belongs to whoever has the
 * result. The arrays must not be changed.
 *
 * @param promptTokenIds the tokens that were fed before the first one was generated
 * @param tokenIds the generated tokens, with the end-of-text token or the tokens of a stop string that ended the text
 * @param text the generated text, without the prompt, special tokens and stop strings
 * @param finishReason why it ends
 * @param complete whether the text may end where it does, by all rules: false for one that was cut before it fitted its
 *     constraint
 * @param seed of the random numbers: the one asked for, or the one that was drawn; 0 for a greedy text without one
 * @param timings how long it took
 * @param logprobs one for each of the generated tokens, if the options asked for it; else empty
 * @param state what all tokens but the last make of the state, if the request asked for it
 * @param pendingToken the last token, of the prompt if none was generated: it has not been fed. Together with the state
 *     it is all it takes to go on, see {@link GenerationRequest#after}
 */
public record GenerationResult(int[] promptTokenIds, int[] tokenIds, String text, FinishReason finishReason,
        boolean complete, long seed, Timings timings, List<TokenLogprob> logprobs, Optional<MambaState> state,
        int pendingToken) {
    /** Copies the list. */
    public GenerationResult {
        logprobs = List.copyOf(logprobs);
    }

    /**
     * This result as if it had read the prompt that another one has read for it.
     *
     * @param reading of a request for no tokens
     * @return this result with the prompt of the other one, and with the time that it took to read
     */
    public GenerationResult withPromptOf(GenerationResult reading) {
        var r = reading.timings;
        var whole = new Timings(r.prefillTokens + timings.prefillTokens, r.prefillNanos + timings.prefillNanos,
                timings.decodeTokens, timings.decodeNanos);
        return new GenerationResult(reading.promptTokenIds, tokenIds, text, finishReason, complete, seed, whole,
                logprobs, state, pendingToken);
    }

    @Override
    public String toString() {
        return "GenerationResult[text=" + Texts.shortened(text) + ", finishReason=" + finishReason
                + (complete ? "" : ", incomplete") + ", promptTokenIds=" + Texts.shortened(promptTokenIds)
                + ", tokenIds=" + Texts.shortened(tokenIds) + ", seed=" + seed + ", timings=" + timings + "]";
    }

    /**
     * The number of tokens in the prompt.
     *
     * @return how many tokens were given
     */
    public int promptTokens() {
        return promptTokenIds.length;
    }

    /**
     * The number of generated tokens.
     *
     * @return how many tokens were generated
     */
    public int completionTokens() {
        return tokenIds.length;
    }

    /**
     * How long a generation took. In a batch the times of its sequences overlap.
     *
     * @param prefillTokens the tokens of the prompt that were fed: without the last if nothing was generated, and
     *     without those that a cached state spared
     * @param prefillNanos from the first pass of the model with this sequence to its first generated token, in
     *     nanoseconds
     * @param decodeTokens the generated tokens after the first
     * @param decodeNanos from the first generated token to the last, in nanoseconds
     */
    public record Timings(int prefillTokens, long prefillNanos, int decodeTokens, long decodeNanos) {
        /**
         * The speed of reading the prompt.
         *
         * @return tokens per second; 0 if there were none
         */
        public double prefillTokensPerSecond() {
            return perSecond(prefillTokens, prefillNanos);
        }

        /**
         * The speed of generating.
         *
         * @return tokens per second; 0 if there were fewer than two
         */
        public double decodeTokensPerSecond() {
            return perSecond(decodeTokens, decodeNanos);
        }

        private static double perSecond(int tokens, long nanos) {
            return tokens == 0 || nanos <= 0 ? 0 : tokens * 1e9 / nanos;
        }
    }
}
