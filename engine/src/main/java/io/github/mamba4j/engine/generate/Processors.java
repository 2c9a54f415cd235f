package io.github.mamba4j.engine.generate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules for logits that {@link GenerationOptions} has built in. The package states their order and formulas. */
final class Processors {
    private Processors() {}

    /** The rules that options ask for, in order, made for one sequence. */
    static List<LogitsProcessor> sessions(GenerationOptions options) {
        List<LogitsProcessor> chain = new ArrayList<>();
        if (!options.logitBias().isEmpty()) {
            chain.add(logitBias(options.logitBias()));
        }
        if (options.repetitionPenalty() != 1) {
            chain.add(new RepetitionPenalty((float) options.repetitionPenalty()));
        }
        if (options.presencePenalty() != 0 || options.frequencyPenalty() != 0) {
            chain.add(new FrequencyPenalty((float) options.presencePenalty(), (float) options.frequencyPenalty()));
        }
        if (options.noRepeatNgram() > 0) {
            chain.add(noRepeatNgram(options.noRepeatNgram()));
        }
        if (!options.bannedTokens().isEmpty()) {
            chain.add(banned(options.bannedTokens()));
        }
        if (options.minNewTokens() > 0) {
            chain.add(minNewTokens(options.minNewTokens()));
        }
        for (LogitsProcessor processor : options.processors()) {
            chain.add(processor.newSession());
        }
        return chain;
    }

    static LogitsProcessor logitBias(Map<Integer, Float> bias) {
        return context -> bias.forEach((token, b) -> context.logits()[token] += b);
    }

    static LogitsProcessor banned(Set<Integer> tokens) {
        return context -> tokens.forEach(context::forbid);
    }

    static LogitsProcessor minNewTokens(int min) {
        return context -> {
            if (context.length() - context.promptLength() < min) {
                context.eosTokenIds().forEach(context::forbid);
            }
        };
    }

    /** Forbids what followed, earlier in the text, the n - 1 tokens that are now the last. */
    static LogitsProcessor noRepeatNgram(int n) {
        return context -> {
            int prefix = n - 1;
            int last = context.length() - prefix;
            for (int start = 0; start < last; start++) {
                int same = 0;
                while (same < prefix && context.token(start + same) == context.token(last + same)) {
                    same++;
                }
                if (same == prefix) {
                    context.forbid(context.token(start + prefix));
                }
            }
        };
    }

    /** Keskar et al. 2019, with the correction for negative logits that everyone uses. */
    static final class RepetitionPenalty implements LogitsProcessor {
        private final float penalty;
        private final TokenList distinct = new TokenList();
        private boolean[] seen = {};
        private int looked;

        RepetitionPenalty(float penalty) {
            this.penalty = penalty;
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
