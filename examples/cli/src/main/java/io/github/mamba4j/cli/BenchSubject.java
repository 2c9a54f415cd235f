package io.github.mamba4j.cli;

import io.github.mamba4j.cli.BenchReport.ContextCost;
import io.github.mamba4j.cli.BenchReport.Rate;
import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A model that is measured, and the sequences that it works on. Not thread-safe. */
final class BenchSubject {
    private static final double NANOS = 1e9;
    private static final int CONTEXT_STEPS = 64;

    private final MambaModel model;
    private final int[] prompt;
    private final MambaState[] states;
    /** The next token of each sequence. */
    private final int[] next;
    private final Batch batch = new Batch();

    /**
     * Prepares.
     *
     * @param model the model
     * @param promptTokens the length of the prompt
     * @param sequences how many sequences step together
     */
    BenchSubject(MambaModel model, int promptTokens, int sequences) {
        this.model = model;
        prompt = new Random(1).ints(promptTokens, 0, model.config().vocabSize()).toArray();
        states = Stream.generate(model::newState).limit(sequences).toArray(MambaState[]::new);
        next = new int[sequences];
    }

    /** The threads that work. */
    int threads() {
        return model.options().threads();
    }

    /** Feeds the prompt to all sequences, and returns the tokens per second of the first, which computes it. */
    double prefill() {
        MambaState first = states[0];
        first.reset();
        batch.clear();
        batch.add(first, prompt, 0, prompt.length, LogitsFor.LAST);
        long start = System.nanoTime();
        model.forward(batch);
        long nanos = System.nanoTime() - start;
        next[0] = argmax(0);
        for (int s = 1; s < states.length; s++) {
            states[s].copyFrom(first);
            next[s] = prompt[s % prompt.length];
        }
        return prompt.length * NANOS / nanos;
    }

    /** Decodes greedily, and returns the tokens per second of all sequences together. */
    double decode(int steps) {
        long start = System.nanoTime();
        for (int i = 0; i < steps; i++) {
            step(states.length);
        }
        return (double) steps * states.length * NANOS / (System.nanoTime() - start);
    }

    /** One step of the first sequences. */
    private void step(int sequences) {
        batch.clear();
        for (int s = 0; s < sequences; s++) {
            batch.add(states[s], next[s], LogitsFor.LAST);
        }
        model.forward(batch);
        for (int s = 0; s < sequences; s++) {
            next[s] = argmax(s);
        }
    }

    private int argmax(int segment) {
        int from = batch.logitsOffset(segment, 0);
        return model.kernels().math().argmax(batch.logits(), from, from + model.config().vocabSize()) - from;
    }

    /** Measures a decoding step after each of these lengths of context, which ascend. */
    List<ContextCost> contexts(List<Integer> lengths, ProcessMemory memory) {
        List<ContextCost> costs = new ArrayList<>();
        MambaState state = states[0];
        state.reset();
        for (int length : lengths) {
            if (state.tokensConsumed() > length) {
                state.reset();
            }
            while (state.tokensConsumed() < length) {
                batch.clear();
                batch.add(state, prompt, 0, (int) Math.min(prompt.length, length - state.tokensConsumed()),
                        LogitsFor.NONE);
                model.forward(batch);
            }
            double[] millis = new double[CONTEXT_STEPS];
            Arrays.setAll(millis, i -> millisecondsOfAStep());
            costs.add(new ContextCost(length, Rate.of(millis).median(), state.byteSize(), memory.residentBytes()));
        }
        return costs;
    }

    private double millisecondsOfAStep() {
        long start = System.nanoTime();
        step(1);
        return (System.nanoTime() - start) / 1e6;
    }
}
