package io.github.mamba4j.engine.chat;

import com.hubspot.jinjava.interpret.Context;
import java.util.concurrent.TimeUnit;

/** How much one run of a template may still do. Belongs to one run, on one thread. */
final class JinjaBudget {
    /** Where a run finds its budget among the variables; no template can spell it. */
    static final String KEY = "budget of this run";

    private static final int MAX_STEPS = 100_000;
    private static final long MAX_SECONDS = 3;

    private final long start = System.nanoTime();
    private int steps;

    static JinjaBudget of(Context variables) {
        if (variables.get(KEY) instanceof JinjaBudget budget) {
            return budget;
        }
        throw new IllegalStateException("a template runs without a budget");
    }

    /** Counts a step: a tag, an expression or a piece of text that is met. */
    void spend() {
        if (++steps > MAX_STEPS) {
            throw new ChatTemplateException("the chat template takes more than " + MAX_STEPS + " steps");
        }
        if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(MAX_SECONDS)) {
            throw new ChatTemplateException("the chat template takes longer than " + MAX_SECONDS + " seconds");
        }
    }
}
