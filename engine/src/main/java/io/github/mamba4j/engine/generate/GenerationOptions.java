package io.github.mamba4j.engine.generate;

import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How a text is generated. Immutable and thread-safe; made by {@link #builder()} or from other options by
 * {@link #toBuilder()}.
 *
 * <p>{@linkplain io.github.mamba4j.engine.generate The package} says in which order the rules work on the logits of a
 * token, by which formulas, and what the random numbers are.
 *
 * @param maxNewTokens how many tokens at most; 0 only feeds the prompt
 * @param minNewTokens how many tokens before the text may end by itself
 * @param temperature 0 for the most likely token always; else at least 0.0001
 * @param topK how many of the most likely tokens are considered; 0 for all
 * @param topP above 0 to 1; 1 for no limit
 * @param minP 0 to 1; 0 for no limit
 * @param typicalP above 0 to 1; 1 for no limit
 * @param repetitionPenalty above 0; 1 for none
 * @param presencePenalty subtracted from the logit of every generated token
 * @param frequencyPenalty subtracted from it once more for each time
 * @param noRepeatNgram the length of the runs of tokens that occur only once; 0 for no rule
 * @param logitBias what is added to the logits of some token ids
 * @param bannedTokens ids that are never chosen
 * @param seed of the random numbers; empty for another text each time
 * @param stop strings that end the text, which ends before them; none is empty
 * @param ignoreEos whether end-of-text tokens are tokens like others
 * @param eosTokenIds the ids that end a text, where the model has them; empty for those of the model's configuration
 * @param logprobs if present, the result has the natural log-probability that the model itself, before any of the steps
 *     above, gives to each token, with so many of the most likely alternatives (0 to {@value #MAX_ALTERNATIVES})
 * @param timeout after which the text ends; counted from when it is asked for, looked at between passes of the model
 * @param processors further rules for the logits
 */
public record GenerationOptions(int maxNewTokens, int minNewTokens, double temperature, int topK, double topP,
        double minP, double typicalP, double repetitionPenalty, double presencePenalty, double frequencyPenalty,
        int noRepeatNgram, Map<Integer, Float> logitBias, Set<Integer> bannedTokens, OptionalLong seed,
        List<String> stop, boolean ignoreEos, List<Integer> eosTokenIds, OptionalInt logprobs,
        Optional<Duration> timeout, List<LogitsProcessor> processors) {
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
        require(minNewTokens >= 0, "minNewTokens", "0 or more", minNewTokens);
        require(temperature == 0 || temperature >= MIN_TEMPERATURE && temperature <= MAX_MAGNITUDE, "temperature",
                "0, or 0.0001 to 10000", temperature);
        require(topK >= 0, "topK", "0 or more", topK);
        require(topP > 0 && topP <= 1, "topP", "a number above 0, up to 1", topP);
        require(minP >= 0 && minP <= 1, "minP", "0 to 1", minP);
        require(typicalP > 0 && typicalP <= 1, "typicalP", "a number above 0, up to 1", typicalP);
        require(repetitionPenalty >= 1 / MAX_MAGNITUDE && repetitionPenalty <= MAX_MAGNITUDE, "repetitionPenalty",
                "0.0001 to 10000", repetitionPenalty);
        require(Math.abs(presencePenalty) <= MAX_MAGNITUDE, "presencePenalty", "-10000 to 10000", presencePenalty);
        require(Math.abs(frequencyPenalty) <= MAX_MAGNITUDE, "frequencyPenalty", "-10000 to 10000", frequencyPenalty);
        require(noRepeatNgram >= 0, "noRepeatNgram", "0 or more", noRepeatNgram);
        logitBias = Map.copyOf(logitBias);
        logitBias.values().forEach(b -> require(Float.isFinite(b), "logitBias", "finite numbers", b));
        bannedTokens = Set.copyOf(bannedTokens);
        Objects.requireNonNull(seed, "seed");
        stop = List.copyOf(stop);
        stop.forEach(s -> require(!s.isEmpty(), "stop", "strings that are not empty", "an empty one"));
        eosTokenIds = List.copyOf(eosTokenIds);
        logprobs.ifPresent(n -> require(n >= 0 && n <= MAX_ALTERNATIVES, "logprobs", "0 to " + MAX_ALTERNATIVES, n));
        timeout.ifPresent(t -> require(t.isPositive(), "timeout", "a positive time", t));
        processors = List.copyOf(processors);
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
     * The options that a checkpoint recommends in its {@code generation_config.json}. What the file does not say is as in
     * {@link #defaults()}; but where it says anything about sampling, whatever else concerns sampling is off.
     *
     * @param files the checkpoint's files
     * @return the options
     * @throws IOException if the file is there but cannot be read or has a value it cannot have
     */
    public static GenerationOptions defaultsFor(ModelFiles files) throws IOException {
        return GenerationConfigReader.read(files);
    }

    /**
     * A builder that begins with {@link #defaults()}.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder that begins with these options.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** The tokens that do end a text. */
    List<Integer> effectiveEos(List<Integer> ofModel) {
        return ignoreEos ? List.of() : eosTokenIds.isEmpty() ? ofModel : eosTokenIds;
    }

    /** Whether the most likely token is always taken. */
    boolean isGreedy() {
        return temperature == 0;
    }

    /** Builds options; values are checked when built. Not thread-safe. */
    public static final class Builder {
        private int maxNewTokens = 200;
        private int minNewTokens;
        private double temperature = 0.8;
        private int topK;
        private double topP = 0.95;
        private double minP;
        private double typicalP = 1;
        private double repetitionPenalty = 1;
        private double presencePenalty;
        private double frequencyPenalty;
        private int noRepeatNgram;
        private Map<Integer, Float> logitBias = Map.of();
        private Set<Integer> bannedTokens = Set.of();
        private OptionalLong seed = OptionalLong.empty();
        private List<String> stop = List.of();
        private boolean ignoreEos;
        private List<Integer> eosTokenIds = List.of();
        private OptionalInt logprobs = OptionalInt.empty();
        private Optional<Duration> timeout = Optional.empty();
        private List<LogitsProcessor> processors = List.of();

        private Builder() {}

        private Builder(GenerationOptions o) {
            maxNewTokens = o.maxNewTokens;
            minNewTokens = o.minNewTokens;
            temperature = o.temperature;
            topK = o.topK;
            topP = o.topP;
            minP = o.minP;
            typicalP = o.typicalP;
            repetitionPenalty = o.repetitionPenalty;
            presencePenalty = o.presencePenalty;
            frequencyPenalty = o.frequencyPenalty;
            noRepeatNgram = o.noRepeatNgram;
            logitBias = o.logitBias;
            bannedTokens = o.bannedTokens;
            seed = o.seed;
            stop = o.stop;
            ignoreEos = o.ignoreEos;
            eosTokenIds = o.eosTokenIds;
            logprobs = o.logprobs;
            timeout = o.timeout;
            processors = o.processors;
        }

        /**
         * {@return this, with so many tokens at most}
         *
         * @param value see {@link GenerationOptions#maxNewTokens}
         */
        public Builder maxNewTokens(int value) {
            maxNewTokens = value;
            return this;
        }

        /**
         * {@return this, with so many tokens at least}
         *
         * @param value see {@link GenerationOptions#minNewTokens}
         */
        public Builder minNewTokens(int value) {
            minNewTokens = value;
            return this;
        }

        /**
         * {@return this, with this temperature}
         *
         * @param value see {@link GenerationOptions#temperature}
         */
        public Builder temperature(double value) {
            temperature = value;
            return this;
        }

        /**
         * {@return this, with so many tokens that are considered}
         *
         * @param value see {@link GenerationOptions#topK}
         */
        public Builder topK(int value) {
            topK = value;
            return this;
        }

        /**
         * {@return this, with this share of the probability that is considered}
         *
         * @param value see {@link GenerationOptions#topP}
         */
        public Builder topP(double value) {
            topP = value;
            return this;
        }

        /**
         * {@return this, with this smallest probability, relative to the largest}
         *
         * @param value see {@link GenerationOptions#minP}
         */
        public Builder minP(double value) {
            minP = value;
            return this;
        }

        /**
         * {@return this, with this share of typical tokens}
         *
         * @param value see {@link GenerationOptions#typicalP}
         */
        public Builder typicalP(double value) {
            typicalP = value;
            return this;
        }

        /**
         * {@return this, with this factor against repetition}
         *
         * @param value see {@link GenerationOptions#repetitionPenalty}
         */
        public Builder repetitionPenalty(double value) {
            repetitionPenalty = value;
            return this;
        }

        /**
         * {@return this, with this penalty for having occurred}
         *
         * @param value see {@link GenerationOptions#presencePenalty}
         */
        public Builder presencePenalty(double value) {
            presencePenalty = value;
            return this;
        }

        /**
         * {@return this, with this penalty for each occurrence}
         *
         * @param value see {@link GenerationOptions#frequencyPenalty}
         */
        public Builder frequencyPenalty(double value) {
            frequencyPenalty = value;
            return this;
        }

        /**
         * {@return this, with this length of runs that are not repeated}
         *
         * @param value see {@link GenerationOptions#noRepeatNgram}
         */
        public Builder noRepeatNgram(int value) {
            noRepeatNgram = value;
            return this;
        }

        /**
         * {@return this, with these biases by token id}
         *
         * @param value see {@link GenerationOptions#logitBias}
         */
        public Builder logitBias(Map<Integer, Float> value) {
            logitBias = value;
            return this;
        }

        /**
         * {@return this, with these ids that are never chosen}
         *
         * @param value see {@link GenerationOptions#bannedTokens}
         */
        public Builder bannedTokens(Set<Integer> value) {
            bannedTokens = value;
            return this;
        }

        /**
         * {@return this, with this seed, so that the same text comes each time}
         *
         * @param value see {@link GenerationOptions#seed}
         */
        public Builder seed(long value) {
            seed = OptionalLong.of(value);
            return this;
        }

        /**
         * {@return this, with these stop strings}
         *
         * @param value see {@link GenerationOptions#stop}
         */
        public Builder stop(List<String> value) {
            stop = value;
            return this;
        }

        /**
         * {@return this, which says whether end-of-text tokens are tokens like others}
         *
         * @param value see {@link GenerationOptions#ignoreEos}
         */
        public Builder ignoreEos(boolean value) {
            ignoreEos = value;
            return this;
        }

        /**
         * {@return this, with these ids that end a text}
         *
         * @param value see {@link GenerationOptions#eosTokenIds}
         */
        public Builder eosTokenIds(List<Integer> value) {
            eosTokenIds = value;
            return this;
        }

        /**
         * {@return this, with log-probabilities of the tokens, and so many alternatives}
         *
         * @param value see {@link GenerationOptions#logprobs}
         */
        public Builder logprobs(int value) {
            logprobs = OptionalInt.of(value);
            return this;
        }

        /**
         * {@return this, with this time after which the text ends}
         *
         * @param value see {@link GenerationOptions#timeout}
         */
        public Builder timeout(Duration value) {
            timeout = Optional.of(value);
            return this;
        }

        /**
         * {@return this, with these further rules for the logits}
         *
         * @param value see {@link GenerationOptions#processors}
         */
        public Builder processors(List<LogitsProcessor> value) {
            processors = value;
            return this;
        }

        /**
         * Builds the options.
         *
         * @return the options
         * @throws IllegalArgumentException if a value is outside its bounds; the message names it
         */
        public GenerationOptions build() {
            return new GenerationOptions(maxNewTokens, minNewTokens, temperature, topK, topP, minP, typicalP,
                    repetitionPenalty, presencePenalty, frequencyPenalty, noRepeatNgram, logitBias, bannedTokens, seed,
                    stop, ignoreEos, eosTokenIds, logprobs, timeout, processors);
        }
    }
}
