package io.github.mamba4j.engine.generate;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Builds {@link GenerationOptions}; values are checked when built. {@code maxNewTokens} and {@code maxLength} take each
 * other's place, {@code minNewTokens} and {@code minLength} too. Not thread-safe.
 */
public final class GenerationOptionsBuilder {
    /** What does not count where the most likely token is always taken. */
    private static final Set<String> OF_SAMPLING = Set.of("topK", "topP", "minP", "typicalP", "epsilonCutoff",
            "etaCutoff");

    private static final Set<String> OF_TOKENS = Set.of("banned", "bannedAtStart", "badWords", "sequenceBias",
            "forcedBos",
            "forcedEos", "lengthDecay");

    private int maxNewTokens = 200;
    private OptionalInt maxLength = OptionalInt.empty();
    private int minNewTokens;
    private int minLength;
    private double temperature = 0.8;
    private int topK;
    private double topP = 0.95;
    private double minP;
    private double typicalP = 1;
    private double epsilonCutoff;
    private double etaCutoff;
    private Optional<TokenSampler> sampler = Optional.empty();
    private double repetitionPenalty = 1;
    private double presencePenalty;
    private double frequencyPenalty;
    private int noRepeatNgram;
    private TokenRules tokenRules = TokenRules.NONE;
    private Optional<BeamOptions> beams = Optional.empty();
    private OptionalLong seed = OptionalLong.empty();
    private List<String> stop = List.of();
    private boolean ignoreEos;
    private List<Integer> eosTokenIds = List.of();
    private OptionalInt logprobs = OptionalInt.empty();
    private Optional<Duration> timeout = Optional.empty();
    private boolean closeWhenCut;
    private List<LogitsRule> rules = List.of();
    /** What was wrong with a value that nothing has replaced, by the value's name. */
    private final Map<String, String> problems = new HashMap<>();

    GenerationOptionsBuilder() {}

    GenerationOptionsBuilder(GenerationOptions o) {
        maxNewTokens = o.maxNewTokens();
        maxLength = o.maxLength();
        minNewTokens = o.minNewTokens();
        minLength = o.minLength();
        temperature = o.temperature();
        topK = o.topK();
        topP = o.topP();
        minP = o.minP();
        typicalP = o.typicalP();
        epsilonCutoff = o.epsilonCutoff();
        etaCutoff = o.etaCutoff();
        sampler = o.sampler();
        repetitionPenalty = o.repetitionPenalty();
        presencePenalty = o.presencePenalty();
        frequencyPenalty = o.frequencyPenalty();
        noRepeatNgram = o.noRepeatNgram();
        tokenRules = o.tokenRules();
        beams = o.beams();
        seed = o.seed();
        stop = o.stop();
        ignoreEos = o.ignoreEos();
        eosTokenIds = o.eosTokenIds();
        logprobs = o.logprobs();
        timeout = o.timeout();
        closeWhenCut = o.closeWhenCut();
        rules = o.rules();
    }

    /** Has {@link #build()} fail unless this value is replaced. */
    void problem(String name, String message) {
        problems.put(name, message);
    }

    private GenerationOptionsBuilder replaced(String name) {
        problems.remove(name);
        return this;
    }

    /** Changes some of the rules; for {@link GenerationConfigReader}. */
    GenerationOptionsBuilder change(UnaryOperator<TokenRules> change) {
        tokenRules = change.apply(tokenRules);
        return this;
    }

    /** The ids that were set, whatever is wrong elsewhere. */
    List<Integer> presentEosTokenIds() {
        return eosTokenIds;
    }

    /**
     * {@return this, with so many tokens at most}
     *
     * @param value see {@link GenerationOptions#maxNewTokens}
     */
    public GenerationOptionsBuilder maxNewTokens(int value) {
        maxNewTokens = value;
        maxLength = OptionalInt.empty();
        replaced("maxLength");
        return replaced("maxNewTokens");
    }

    /**
     * {@return this, with so many tokens at most, with those of the prompt}
     *
     * @param value see {@link GenerationOptions#maxLength}
     */
    public GenerationOptionsBuilder maxLength(int value) {
        maxLength = OptionalInt.of(value);
        replaced("maxNewTokens");
        return replaced("maxLength");
    }

    /**
     * {@return this, with so many tokens at least}
     *
     * @param value see {@link GenerationOptions#minNewTokens}
     */
    public GenerationOptionsBuilder minNewTokens(int value) {
        minNewTokens = value;
        minLength = 0;
        replaced("minLength");
        return replaced("minNewTokens");
    }

    /**
     * {@return this, with so many tokens at least, with those of the prompt}
     *
     * @param value see {@link GenerationOptions#minLength}
     */
    public GenerationOptionsBuilder minLength(int value) {
        minLength = value;
        minNewTokens = 0;
        replaced("minNewTokens");
        return replaced("minLength");
    }

    /**
     * {@return this, with this temperature}
     *
     * @param value see {@link GenerationOptions#temperature}
     */
    public GenerationOptionsBuilder temperature(double value) {
        temperature = value;
        return replaced("temperature");
    }

    /**
     * {@return this, with so many tokens that are considered}
     *
     * @param value see {@link GenerationOptions#topK}
     */
    public GenerationOptionsBuilder topK(int value) {
        topK = value;
        return replaced("topK");
    }

    /**
     * {@return this, with this share of the probability that is considered}
     *
     * @param value see {@link GenerationOptions#topP}
     */
    public GenerationOptionsBuilder topP(double value) {
        topP = value;
        return replaced("topP");
    }

    /**
     * {@return this, with this smallest probability, relative to the largest}
     *
     * @param value see {@link GenerationOptions#minP}
     */
    public GenerationOptionsBuilder minP(double value) {
        minP = value;
        return replaced("minP");
    }

    /**
     * {@return this, with this share of typical tokens}
     *
     * @param value see {@link GenerationOptions#typicalP}
     */
    public GenerationOptionsBuilder typicalP(double value) {
        typicalP = value;
        return replaced("typicalP");
    }

    /**
     * {@return this, with this smallest probability}
     *
     * @param value see {@link GenerationOptions#epsilonCutoff}
     */
    public GenerationOptionsBuilder epsilonCutoff(double value) {
        epsilonCutoff = value;
        return replaced("epsilonCutoff");
    }

    /**
     * {@return this, with this smallest probability where the model is sure}
     *
     * @param value see {@link GenerationOptions#etaCutoff}
     */
    public GenerationOptionsBuilder etaCutoff(double value) {
        etaCutoff = value;
        return replaced("etaCutoff");
    }

    /**
     * {@return this, with this way to choose a token}
     *
     * @param value see {@link GenerationOptions#sampler}
     */
    public GenerationOptionsBuilder sampler(TokenSampler value) {
        sampler = Optional.of(value);
        return replaced("sampler");
    }

    /**
     * {@return this, with this factor against repetition}
     *
     * @param value see {@link GenerationOptions#repetitionPenalty}
     */
    public GenerationOptionsBuilder repetitionPenalty(double value) {
        repetitionPenalty = value;
        return replaced("repetitionPenalty");
    }

    /**
     * {@return this, with this penalty for having occurred}
     *
     * @param value see {@link GenerationOptions#presencePenalty}
     */
    public GenerationOptionsBuilder presencePenalty(double value) {
        presencePenalty = value;
        return replaced("presencePenalty");
    }

    /**
     * {@return this, with this penalty for each occurrence}
     *
     * @param value see {@link GenerationOptions#frequencyPenalty}
     */
    public GenerationOptionsBuilder frequencyPenalty(double value) {
        frequencyPenalty = value;
        return replaced("frequencyPenalty");
    }

    /**
     * {@return this, with this length of runs that are not repeated}
     *
     * @param value see {@link GenerationOptions#noRepeatNgram}
     */
    public GenerationOptionsBuilder noRepeatNgram(int value) {
        noRepeatNgram = value;
        return replaced("noRepeatNgram");
    }

    /**
     * {@return this, with these rules about single tokens and runs of tokens}
     *
     * @param value see {@link GenerationOptions#tokenRules}
     */
    public GenerationOptionsBuilder tokenRules(TokenRules value) {
        tokenRules = value;
        OF_TOKENS.forEach(problems::remove);
        return this;
    }

    /**
     * {@return this, with these biases by token id}
     *
     * @param value see {@link TokenRules#logitBias}
     */
    public GenerationOptionsBuilder logitBias(Map<Integer, Float> value) {
        tokenRules = tokenRules.withLogitBias(value);
        return this;
    }

    /**
     * {@return this, with these ids that are never chosen}
     *
     * @param value see {@link TokenRules#banned}
     */
    public GenerationOptionsBuilder bannedTokens(Set<Integer> value) {
        tokenRules = tokenRules.withBanned(value);
        return replaced("banned");
    }

    /**
     * {@return this, with these runs of tokens that do not occur}
     *
     * @param value see {@link TokenRules#badWords}
     */
    public GenerationOptionsBuilder badWords(List<List<Integer>> value) {
        tokenRules = tokenRules.withBadWords(value);
        return replaced("badWords");
    }

    /**
     * {@return this, with beam search}
     *
     * @param value see {@link GenerationOptions#beams}
     */
    public GenerationOptionsBuilder beams(BeamOptions value) {
        beams = Optional.of(value);
        return replaced("beams");
    }

    /**
     * {@return this, without beam search}
     */
    public GenerationOptionsBuilder noBeams() {
        beams = Optional.empty();
        return replaced("beams");
    }

    /**
     * {@return this, with this seed, so that the same text comes each time}
     *
     * @param value see {@link GenerationOptions#seed}
     */
    public GenerationOptionsBuilder seed(long value) {
        seed = OptionalLong.of(value);
        return replaced("seed");
    }

    /**
     * {@return this, with these stop strings}
     *
     * @param value see {@link GenerationOptions#stop}
     */
    public GenerationOptionsBuilder stop(List<String> value) {
        stop = value;
        return replaced("stop");
    }

    /**
     * {@return this, which says whether end-of-text tokens are tokens like others}
     *
     * @param value see {@link GenerationOptions#ignoreEos}
     */
    public GenerationOptionsBuilder ignoreEos(boolean value) {
        ignoreEos = value;
        return this;
    }

    /**
     * {@return this, with these ids that end a text}
     *
     * @param value see {@link GenerationOptions#eosTokenIds}
     */
    public GenerationOptionsBuilder eosTokenIds(List<Integer> value) {
        eosTokenIds = value;
        return replaced("eosTokenIds");
    }

    /**
     * {@return this, with log-probabilities of the tokens, and so many alternatives}
     *
     * @param value see {@link GenerationOptions#logprobs}
     */
    public GenerationOptionsBuilder logprobs(int value) {
        logprobs = OptionalInt.of(value);
        return replaced("logprobs");
    }

    /**
     * {@return this, with this time after which the text ends}
     *
     * @param value see {@link GenerationOptions#timeout}
     */
    public GenerationOptionsBuilder timeout(Duration value) {
        timeout = Optional.of(value);
        return replaced("timeout");
    }

    /**
     * {@return this, which says whether a constrained text is brought to its end in any case}
     *
     * @param value see {@link GenerationOptions#closeWhenCut}
     */
    public GenerationOptionsBuilder closeWhenCut(boolean value) {
        closeWhenCut = value;
        return this;
    }

    /**
     * {@return this, with these further rules for the logits}
     *
     * @param value see {@link GenerationOptions#rules}
     */
    public GenerationOptionsBuilder rules(List<? extends LogitsRule> value) {
        rules = List.copyOf(value);
        return this;
    }

    /**
     * Builds the options.
     *
     * @return the options
     * @throws IllegalArgumentException if a value is outside its bounds; the message names it
     */
    public GenerationOptions build() {
        boolean samples = beams.isEmpty() && sampler.isEmpty() && temperature != 0;
        problems.entrySet().stream().filter(p -> samples || !OF_SAMPLING.contains(p.getKey()))
                .min(Map.Entry.comparingByKey()).ifPresent(p -> {
                    throw new IllegalArgumentException(p.getValue());
                });
        return new GenerationOptions(maxNewTokens, maxLength, minNewTokens, minLength, temperature, topK, topP, minP,
                typicalP, epsilonCutoff, etaCutoff, sampler, repetitionPenalty, presencePenalty, frequencyPenalty,
                noRepeatNgram, tokenRules, beams, seed, stop, ignoreEos, eosTokenIds, logprobs, timeout, closeWhenCut,
                rules);
    }
}
