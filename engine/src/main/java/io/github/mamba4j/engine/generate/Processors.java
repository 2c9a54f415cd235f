package io.github.mamba4j.engine.generate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The rules for logits that {@link GenerationOptions} has built in. The package states their order and formulas. */
final class Processors {
    private Processors() {}

    /**
     * The rules that options ask for, in order.
     *
     * @param options what is asked for
     * @param length how long the text is before its first generated token, unknown tokens of a state among them
     */
    static List<LogitsRule> rules(GenerationOptions options, int length) {
        List<LogitsRule> chain = new ArrayList<>();
        TokenRules rules = options.tokenRules();
        if (!rules.logitBias().isEmpty()) {
            chain.add(LogitsRule.of(logitBias(rules.logitBias())));
        }
        if (!rules.sequenceBias().isEmpty()) {
            chain.add(LogitsRule.of(new TokenRuns(rules.sequenceBias())));
        }
        if (options.repetitionPenalty() != 1) {
            chain.add(() -> new RepetitionPenalty((float) options.repetitionPenalty()));
        }
        if (options.presencePenalty() != 0 || options.frequencyPenalty() != 0) {
            chain.add(() -> new FrequencyPenalty((float) options.presencePenalty(),
                    (float) options.frequencyPenalty()));
        }
        if (options.noRepeatNgram() > 0) {
            chain.add(() -> new NoRepeatNgram(options.noRepeatNgram()));
        }
        if (!rules.badWords().isEmpty()) {
            chain.add(LogitsRule.of(TokenRuns.forbidding(rules.badWords())));
        }
        addEnds(chain, options, length);
        if (!rules.banned().isEmpty()) {
            chain.add(LogitsRule.of(banned(rules.banned())));
        }
        if (!rules.bannedAtStart().isEmpty()) {
            // A token that is forced to be the first of a text is not the one that is meant.
            int start = length > 1 || rules.forcedBos().isEmpty() ? 0 : 1;
            chain.add(LogitsRule.of(at(start, banned(rules.bannedAtStart()))));
        }
        chain.addAll(options.rules());
        return chain;
    }

    /** What concerns the beginning and the end of a text. */
    private static void addEnds(List<LogitsRule> chain, GenerationOptions options, int length) {
        TokenRules rules = options.tokenRules();
        int least = Math.max(options.minNewTokens(), options.minLength() - length);
        if (least > 0) {
            chain.add(LogitsRule.of(minNewTokens(least)));
        }
        if (rules.forcedBos().isPresent() && length == 1) {
            chain.add(LogitsRule.of(at(0, forced(List.of(rules.forcedBos().getAsInt())))));
        }
        if (!rules.forcedEos().isEmpty()) {
            chain.add(LogitsRule.of(at(options.maxNewTokens(length) - 1, forced(rules.forcedEos()))));
        }
        rules.lengthDecay().ifPresent(decay -> chain.add(LogitsRule.of(lengthDecay(decay))));
    }

    /** The processors of one new text. */
    static List<LogitsProcessor> sessions(List<LogitsRule> rules) {
        List<LogitsProcessor> sessions = new ArrayList<>(rules.size());
        rules.forEach(rule -> sessions.add(rule.newSession()));
        return sessions;
    }

    private static int generated(LogitsContext context) {
        return context.length() - context.promptLength();
    }

    static LogitsProcessor logitBias(Map<Integer, Float> bias) {
        return context -> bias.forEach((token, b) -> context.logits()[token] += b);
    }

    static LogitsProcessor banned(Set<Integer> tokens) {
        return context -> tokens.forEach(context::forbid);
    }

    static LogitsProcessor minNewTokens(int min) {
        return context -> {
            if (generated(context) < min) {
                context.eosTokenIds().forEach(context::forbid);
            }
        };
    }

    /** Works on one generated token alone. */
    private static LogitsProcessor at(int index, LogitsProcessor rule) {
        return context -> {
            if (generated(context) == index) {
                rule.process(context);
            }
        };
    }

    private static LogitsProcessor forced(List<Integer> tokens) {
        return context -> {
            context.forbidAll();
            tokens.forEach(token -> context.logits()[token] = 0);
        };
    }

    private static LogitsProcessor lengthDecay(TokenRules.LengthDecay decay) {
        return context -> {
            int over = generated(context) - decay.start();
            if (over > 0) {
                float growth = (float) (StrictMath.pow(decay.factor(), over) - 1);
                for (int token : context.eosTokenIds()) {
                    float l = context.logits()[token];
                    context.logits()[token] = Float.isFinite(l)
                            ? Math.min(l + Math.abs(l) * growth, Float.MAX_VALUE)
                            : l;
                }
            }
        };
    }

    /** Keskar et al. 2019, with the correction for negative logits that everyone uses. */
    static final class RepetitionPenalty implements LogitsProcessor {
        private final float penalty;
        private final TokenList distinct;
        private boolean[] seen;
        private int looked;

        RepetitionPenalty(float penalty) {
            this(penalty, new TokenList(), new boolean[0], 0);
        }

        private RepetitionPenalty(float penalty, TokenList distinct, boolean[] seen, int looked) {
            this.penalty = penalty;
            this.distinct = distinct;
            this.seen = seen;
            this.looked = looked;
        }

        @Override
        public Optional<LogitsProcessor> copy() {
            return Optional.of(new RepetitionPenalty(penalty, new TokenList(distinct.toArray(0, distinct.size())),
                    seen.clone(), looked));
        }

        @Override
        public void process(LogitsContext context) {
            float[] logits = context.logits();
            if (seen.length == 0) {
                seen = new boolean[logits.length];
            }
            for (; looked < context.length(); looked++) {
                int token = context.token(looked);
                if (!seen[token]) {
                    seen[token] = true;
                    distinct.add(token);
                }
            }
            for (int i = 0; i < distinct.size(); i++) {
                int token = distinct.get(i);
                float l = logits[token];
                logits[token] = l > 0 ? l / penalty : l * penalty;
            }
        }
    }

    /** The penalties of the OpenAI interface. */
    static final class FrequencyPenalty implements LogitsProcessor {
        private final float presence;
        private final float frequency;
        private final Map<Integer, Integer> count = new HashMap<>();

        FrequencyPenalty(float presence, float frequency) {
            this.presence = presence;
            this.frequency = frequency;
        }

        @Override
        public Optional<LogitsProcessor> copy() {
            FrequencyPenalty copy = new FrequencyPenalty(presence, frequency);
            copy.count.putAll(count);
            return Optional.of(copy);
        }

        @Override
        public void process(LogitsContext context) {
            float[] logits = context.logits();
            count.forEach((token, n) -> logits[token] -= presence + frequency * n);
        }

        @Override
        public void accept(int token) {
            count.merge(token, 1, Integer::sum);
        }
    }
}
