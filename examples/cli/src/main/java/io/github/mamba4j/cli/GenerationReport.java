package io.github.mamba4j.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.mamba4j.engine.generate.GenerationResult;

/**
 * A generated text as JSON.
 *
 * @param promptTokenIds the tokens of the prompt
 * @param tokenIds the generated tokens
 * @param text their text; empty if there is no tokenizer
 * @param finishReason length, eos or stop; constraint if nothing can follow in a text that has to match something
 * @param complete only there, and false, if the text was cut before it fitted what it must look like
 * @param seed gives the same text again
 * @param usage how many tokens that were
 * @param timings how long it took
 */
record GenerationReport(int[] promptTokenIds, int[] tokenIds, String text, String finishReason,
        @JsonInclude(JsonInclude.Include.NON_NULL) Boolean complete, long seed, Usage usage, Timings timings) {
    /**
     * Numbers of tokens.
     *
     * @param promptTokens of the prompt
     * @param completionTokens generated
     */
    record Usage(int promptTokens, int completionTokens) {}

    /**
     * Times and speeds.
     *
     * @param loadMs to load model and tokenizer, in milliseconds
     * @param prefillTokensPerSecond how fast the prompt was read; 0 if that was not measured
     * @param decodeTokensPerSecond how fast the text was generated; 0 if that was not measured
     */
    record Timings(double loadMs, double prefillTokensPerSecond, double decodeTokensPerSecond) {}

    /**
     * Reports a text.
     *
     * @param result the text
     * @param loadMillis how long it took to load the model, in milliseconds
     * @return the report
     */
    static GenerationReport of(GenerationResult result, double loadMillis) {
        var timings = result.timings();
        return new GenerationReport(result.promptTokenIds(), result.tokenIds(), result.text(),
                result.finishReason().label(), result.complete() ? null : false, result.seed(),
                new Usage(result.promptTokens(), result.completionTokens()),
                new Timings(rounded(loadMillis), rounded(timings.prefillTokensPerSecond()),
                        rounded(timings.decodeTokensPerSecond())));
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
