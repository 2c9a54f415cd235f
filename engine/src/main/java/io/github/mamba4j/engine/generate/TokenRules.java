package io.github.mamba4j.engine.generate;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What {@link GenerationOptions} say about single tokens and runs of tokens. Immutable and thread-safe; made from {@link #NONE} by its
 * {@code with} methods and given to
 * {@link GenerationOptionsBuilder#tokenRules}. {@linkplain io.github.mamba4j.engine.generate The package} has the order and the
 * formulas, which are those of transformers.
 *
 * @param logitBias what is added to the logits of some token ids
 * @param sequenceBias what is added to the logit of the last token of a run where the text ends with the tokens before it
 * @param banned ids that are never chosen ({@code suppress_tokens})
 * @param bannedAtStart ids that are not chosen for the first generated token ({@code begin_suppress_tokens})
 * @param badWords runs of tokens that do not occur: the last token of a run is forbidden where the text ends with those
 *     before it. Runs that are one end-of-text token do nothing
 * @param forcedBos what the second token of a text is, if the prompt is one token
 * @param forcedEos what the last token is, one of these, when the number of tokens is reached; none for no rule
 * @param lengthDecay makes the end more likely as the text grows
 */
public record TokenRules(Map<Integer, Float> logitBias, Map<List<Integer>, Float> sequenceBias, Set<Integer> banned,
        Set<Integer> bannedAtStart, List<List<Integer>> badWords, OptionalInt forcedBos, List<Integer> forcedEos,
        Optional<LengthDecay> lengthDecay) {
    /** No rule. */
    public static final TokenRules NONE = new TokenRules(Map.of(), Map.of(), Set.of(), Set.of(), List.of(),
            OptionalInt.empty(), List.of(), Optional.empty());

    /**
     * Checks the values and copies the collections.
     *
     * @throws IllegalArgumentException if a bias is not finite or a run is empty; the message names it
     */
    public TokenRules {
        // Trees, because keys in files may be chosen so that they meet in a hash table.
        logitBias = Collections.unmodifiableMap(new TreeMap<>(logitBias));
        Map<List<Integer>, Float> sorted = new TreeMap<>(TokenRules::compare);
        sequenceBias.forEach((run, b) -> sorted.put(List.copyOf(run), b));
        sequenceBias = Collections.unmodifiableMap(sorted);
        banned = Collections.unmodifiableSet(new TreeSet<>(banned));
        bannedAtStart = Collections.unmodifiableSet(new TreeSet<>(bannedAtStart));
        badWords = badWords.stream().map(List::copyOf).toList();
        forcedEos = List.copyOf(forcedEos);
        logitBias.values().forEach(b -> requireFinite("logitBias", b));
        sequenceBias.forEach((run, b) -> {
            requireFinite("sequenceBias", b);
            requireTokens("sequenceBias", run);
        });
        badWords.forEach(run -> requireTokens("badWords", run));
    }

    private static int compare(List<Integer> a, List<Integer> b) {
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            int order = Integer.compare(a.get(i), b.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private static void requireFinite(String name, float bias) {
        if (!Float.isFinite(bias)) {
            throw new IllegalArgumentException(name + ": expected finite numbers, found " + bias);
        }
    }

    private static void requireTokens(String name, List<Integer> run) {
        if (run.isEmpty()) {
            throw new IllegalArgumentException(name + ": expected runs of at least one token, found an empty one");
        }
    }

    /**
     * {@return these rules, with these biases by token id}
     *
     * @param value takes the place of {@link #logitBias}
     */
    public TokenRules withLogitBias(Map<Integer, Float> value) {
        return new TokenRules(value, sequenceBias, banned, bannedAtStart, badWords, forcedBos, forcedEos, lengthDecay);
    }

    /**
     * {@return these rules, with these biases by runs of tokens}
     *
     * @param value takes the place of {@link #sequenceBias}
     */
    public TokenRules withSequenceBias(Map<List<Integer>, Float> value) {
        return new TokenRules(logitBias, value, banned, bannedAtStart, badWords, forcedBos, forcedEos, lengthDecay);
    }

    /**
     * {@return these rules, with these ids that are never chosen}
     *
     * @param value takes the place of {@link #banned}
     */
    public TokenRules withBanned(Set<Integer> value) {
        return new TokenRules(logitBias, sequenceBias, value, bannedAtStart, badWords, forcedBos, forcedEos,
                lengthDecay);
    }

    /**
     * {@return these rules, with these ids that do not begin a text}
     *
     * @param value takes the place of {@link #bannedAtStart}
     */
    public TokenRules withBannedAtStart(Set<Integer> value) {
        return new TokenRules(logitBias, sequenceBias, banned, value, badWords, forcedBos, forcedEos, lengthDecay);
    }

    /**
     * {@return these rules, with these runs of tokens that do not occur}
     *
     * @param value takes the place of {@link #badWords}
     */
    public TokenRules withBadWords(List<List<Integer>> value) {
        return new TokenRules(logitBias, sequenceBias, banned, bannedAtStart, value, forcedBos, forcedEos, lengthDecay);
    }

    /**
     * {@return these rules, with this second token}
     *
     * @param value takes the place of {@link #forcedBos}
     */
    public TokenRules withForcedBos(int value) {
        return new TokenRules(logitBias, sequenceBias, banned, bannedAtStart, badWords, OptionalInt.of(value),
                forcedEos, lengthDecay);
    }

    /**
     * {@return these rules, with these last tokens}
     *
     * @param value takes the place of {@link #forcedEos}
     */
    public TokenRules withForcedEos(List<Integer> value) {
        return new TokenRules(logitBias, sequenceBias, banned, bannedAtStart, badWords, forcedBos, value, lengthDecay);
    }

    /**
     * {@return these rules, with this way to favour the end}
     *
     * @param value takes the place of {@link #lengthDecay}
     */
    public TokenRules withLengthDecay(LengthDecay value) {
        return new TokenRules(logitBias, sequenceBias, banned, bannedAtStart, badWords, forcedBos, forcedEos,
                Optional.of(value));
    }

    /**
     * Raises the logit l of the end-of-text tokens by {@code abs(l) * (factor^n - 1)}, where n is by how many tokens the
     * generated text is longer than {@code start} ({@code exponential_decay_length_penalty}).
     *
     * @param start a number of generated tokens
     * @param factor above 1 for texts that end sooner
     */
    public record LengthDecay(int start, double factor) {
        /**
         * Checks the values.
         *
         * @throws IllegalArgumentException if one is outside its bounds
         */
        public LengthDecay {
            if (start < 0 || !(factor > 0 && factor <= 100)) {
                throw new IllegalArgumentException(
                        "lengthDecay: expected a start of 0 or more and a factor above 0, up "
                                + "to 100, found " + start + " and " + factor);
            }
        }
    }
}
