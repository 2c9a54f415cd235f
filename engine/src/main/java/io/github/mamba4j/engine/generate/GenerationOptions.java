package io.github.mamba4j.engine.generate;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a text is generated. Immutable and thread-safe; made by {@link #builder()} or from other options by
 * {@link #toBuilder()}.
 *
 * <p>{@linkplain io.github.mamba4j.engine.generate The package} says in which order the rules work on the logits of a
 * token, by which formulas, and what the random numbers are.
 *
 * @param maxNewTokens how many tokens at most; 0 only feeds the prompt. Does not count if there is a {@code maxLength}
 * @param maxLength how many tokens at most, those of the prompt and of a starting state among them; a prompt that is as
 *     long as that is refused
 * @param minNewTokens how many tokens before the text may end by itself
 * @param minLength the same, those of the prompt and of a starting state among them
 * @param temperature 0 for the most likely token always; else at least 0.0001
 * @param topK how many of the most likely tokens are considered; 0 for all
 * @param topP above 0 to 1; 1 for no limit
 * @param minP 0 to 1; 0 for no limit
 * @param typicalP above 0 to 1; 1 for no limit
 * @param epsilonCutoff 0 to below 1: the smallest probability that is considered
 * @param etaCutoff 0 to below 1: the smallest probability where the model is sure; less where it is not
 * @param sampler chooses the tokens in place of all limits from the temperature on
 * @param repetitionPenalty above 0; 1 for none
 * @param presencePenalty subtracted from the logit of every generated token
 * @param frequencyPenalty subtracted from it once more for each time
 * @param noRepeatNgram the length of the runs of tokens that occur only once; 0 for no rule
 * @param tokenRules what is forbidden, forced or biased
 * @param beams if present, the text is the best one that beam search finds, and what concerns sampling does not count
 * @param seed of the random numbers; empty for another text each time
 * @param stop strings that end the text, which ends before them; none is empty
 * @param ignoreEos whether end-of-text tokens are tokens like others
 * @param eosTokenIds the ids that end a text, where the model has them; empty for those of the model's configuration
 * @param logprobs if present, the result has the natural log-probability that the model itself, before any of the steps
 *     above, gives to each token, with so many of the most likely alternatives (0 to {@value #MAX_ALTERNATIVES})
 * @param timeout after which the text ends; counted from when it is asked for, looked at between passes of the model
 * @param closeWhenCut whether a constrained text always becomes one that fits: it is refused if its shortest form takes
 *     more than {@code maxNewTokens}, and when its time is over the shortest way to its end is added to it
 * @param rules further rules for the logits, such as a compiled constraint
 */
public record GenerationOptions(int maxNewTokens, OptionalInt maxLength, int minNewTokens, int minLength,
        double temperature, int topK, double topP, double minP, double typicalP, double epsilonCutoff,
        double etaCutoff, Optional<TokenSampler> sampler, double repetitionPenalty, double presencePenalty,
        double frequencyPenalty, int noRepeatNgram, TokenRules tokenRules, Optional<BeamOptions> beams,
        OptionalLong seed, List<String> stop, boolean ignoreEos, List<Integer> eosTokenIds, OptionalInt logprobs,
        Optional<Duration> timeout, boolean closeWhenCut, List<LogitsRule> rules) {
    /** The most alternatives that can be had. */
    public static final int MAX_ALTERNATIVES = 1000;

    private static final double MIN_TEMPERATURE = 1e-4;
    private static final double MAX_MAGNITUDE = 1e4;

    /**
     * Checks the values and copies the collections.
     *
     * @throws IllegalArgumentException if a value is outside its bounds; the message names it
     */
    public GenerationOptions {
        require(maxNewTokens >= 0, "maxNewTokens", "0 or more", maxNewTokens);
        maxLength.ifPresent(n -> require(n >= 1, "maxLength", "1 or more", n));
        require(minNewTokens >= 0, "minNewTokens", "0 or more", minNewTokens);
        require(minLength >= 0, "minLength", "0 or more", minLength);
        require(temperature == 0 || temperature >= MIN_TEMPERATURE && temperature <= MAX_MAGNITUDE, "temperature",
                "0, or 0.0001 to 10000", temperature);
        require(topK >= 0, "topK", "0 or more", topK);
        require(topP > 0 && topP <= 1, "topP", "a number above 0, up to 1", topP);
        require(minP >= 0 && minP <= 1, "minP", "0 to 1", minP);
        require(typicalP > 0 && typicalP <= 1, "typicalP", "a number above 0, up to 1", typicalP);
        require(epsilonCutoff >= 0 && epsilonCutoff < 1, "epsilonCutoff", "0 to below 1", epsilonCutoff);
        require(etaCutoff >= 0 && etaCutoff < 1, "etaCutoff", "0 to below 1", etaCutoff);
        Objects.requireNonNull(sampler, "sampler");
        require(repetitionPenalty >= 1 / MAX_MAGNITUDE && repetitionPenalty <= MAX_MAGNITUDE, "repetitionPenalty",
                "0.0001 to 10000", repetitionPenalty);
        require(Math.abs(presencePenalty) <= MAX_MAGNITUDE, "presencePenalty", "-10000 to 10000", presencePenalty);
        require(Math.abs(frequencyPenalty) <= MAX_MAGNITUDE, "frequencyPenalty", "-10000 to 10000", frequencyPenalty);
        require(noRepeatNgram >= 0, "noRepeatNgram", "0 or more", noRepeatNgram);
        Objects.requireNonNull(tokenRules, "tokenRules");
        Objects.requireNonNull(beams, "beams");
        Objects.requireNonNull(seed, "seed");
        stop = List.copyOf(stop);
        stop.forEach(s -> require(!s.isEmpty(), "stop", "strings that are not empty", "an empty one"));
        eosTokenIds = List.copyOf(eosTokenIds);
        logprobs.ifPresent(n -> require(n >= 0 && n <= MAX_ALTERNATIVES, "logprobs", "0 to " + MAX_ALTERNATIVES, n));
        timeout.ifPresent(t -> require(t.isPositive(), "timeout", "a positive time", t));
        rules = List.copyOf(rules);
    }

    private static void require(boolean condition, String name, String expected, Object found) {
        if (!condition) {
            throw new IllegalArgumentException(name + ": expected " + expected + ", found " + found);
        }
    }

    /**
     * The options when nothing else is said: 200 tokens at temperature 0.8 with top-p 0.95.
     *
     * @return the options
     */
    public static GenerationOptions defaults() {
        return builder().build();
    }

    /**
     * The options that a checkpoint recommends in its {@code generation_config.json}. They mean what they mean to
     * transformers, whose defaults hold for what the file does not say (the most likely token always, unless
     * {@code do_sample} is true), but for the number of tokens, which is that of {@link #defaults()}. Keys that would
     * change the text and are not supported are named in a warning of the log. Without a file: {@link #defaults()}.
     *
     * @param files the checkpoint's files
     * @return the options
     * @throws IOException if the file is there but cannot be read or has a value it cannot have
     */
    public static GenerationOptions defaultsFor(ModelFiles files) throws IOException {
        try {
            return GenerationConfigReader.read(files).build();
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(e.getMessage(), e);
        }
    }

    /**
     * A builder that begins with {@link #defaults()}.
     *
     * @return the builder
     */
    public static GenerationOptionsBuilder builder() {
        return new GenerationOptionsBuilder();
    }

    /**
     * A builder that begins with these options.
     *
     * @return the builder
     */
    public GenerationOptionsBuilder toBuilder() {
        return new GenerationOptionsBuilder(this);
    }

    /** The tokens that do end a text. */
    List<Integer> effectiveEos(List<Integer> ofModel) {
        return ignoreEos ? List.of() : eosTokenIds.isEmpty() ? ofModel : eosTokenIds;
    }

    /** Whether no random numbers are used. */
    boolean isGreedy() {
        return beams.isPresent() || sampler.isEmpty() && temperature == 0;
    }

    /** How many tokens are generated at most after so many. */
    int maxNewTokens(int promptLength) {
        return maxLength.isPresent() ? Math.max(0, maxLength.getAsInt() - promptLength) : maxNewTokens;
    }

    /** Whether only the prompt is to be fed. */
    boolean onlyFeeds() {
        return maxLength.isEmpty() && maxNewTokens == 0;
    }
}
