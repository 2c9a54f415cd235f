package io.github.mamba4j.engine.generate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Adds to the logit of the last token of a run where the text ends with the tokens before it. The biases of runs that
 * end alike add up before they are added to the logit. Remembers nothing; thread-safe.
 */
final class TokenRuns implements LogitsProcessor {
    private final Map<List<Integer>, Float> biases;
    private final boolean forbids;

    TokenRuns(Map<List<Integer>, Float> biases) {
        this(biases, false);
    }

    private TokenRuns(Map<List<Integer>, Float> biases, boolean forbids) {
        this.biases = biases;
        this.forbids = forbids;
    }

    /** Forbids the last tokens of runs, but for runs that are one end-of-text token. */
    static TokenRuns forbidding(List<List<Integer>> runs) {
        Map<List<Integer>, Float> biases = new HashMap<>();
        runs.forEach(run -> biases.put(run, Float.NEGATIVE_INFINITY));
        return new TokenRuns(biases, true);
    }

    @Override
    public void process(LogitsContext context) {
        Map<Integer, Float> sums = new HashMap<>();
        biases.forEach((run, bias) -> {
            boolean end = forbids && run.size() == 1 && context.eosTokenIds().contains(run.getFirst());
            if (!end && follows(context, run)) {
                sums.merge(run.getLast(), bias, Float::sum);
            }
        });
        sums.forEach((token, bias) -> context.logits()[token] += bias);
    }

    private static boolean follows(LogitsContext context, List<Integer> run) {
        int before = run.size() - 1;
        int start = context.length() - before;
        // A run that is longer than the text does nothing, even if all of its tokens but two are there.
        if (before > 0 && run.size() > context.length()) {
            return false;
        }
        for (int i = 0; i < before; i++) {
            if (context.token(start + i) != run.get(i)) {
                return false;
            }
        }
        return true;
    }
}
