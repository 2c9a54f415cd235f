package io.github.mamba4j.cli;

import io.github.mamba4j.cli.BenchReport.ContextCost;
import io.github.mamba4j.cli.BenchReport.Decode;
import io.github.mamba4j.cli.BenchReport.Environment;
import io.github.mamba4j.cli.BenchReport.Prefill;
import io.github.mamba4j.cli.BenchReport.Rate;
import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.kernels.MachineLimits;
import io.github.mamba4j.kernels.ThreadTeam;
import io.github.mamba4j.weights.MambaConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Measures a model, and what the machine can do at best in turns with it: clock and memory of a shared machine change
 * within minutes, so only neighbouring measurements can be compared. Not thread-safe.
 */
final class BenchRun {
    private static final double NANOS = 1e9;
    /** Weights that are read from memory, not from a processor's own caches. */
    private static final long LARGE_BYTES = 256_000_000;
    /** What is read instead of smaller ones. */
    private static final long BUFFER_BYTES = 512_000_000;
    private static final int CONTEXT_STEPS = 64;
    private static final int MAX_WARM_UP_STEPS = 32;

    private final MambaModel model;
    private final BenchWeights weights;
    private final BenchSettings settings;
    private final int[] prompt;
    private final MambaState[] states;
    /** The next token of each sequence. */
    private final int[] next;
    private final Batch batch = new Batch();

    /**
     * Prepares.
     *
     * @param model the model
     * @param weights the model's weights
     * @param settings what to measure
     */
    BenchRun(MambaModel model, BenchWeights weights, BenchSettings settings) {
        this.model = model;
        this.weights = weights;
        this.settings = settings;
        prompt = new Random(1).ints(settings.promptTokens(), 0, model.config().vocabSize()).toArray();
        states = Stream.generate(model::newState).limit(settings.batch()).toArray(MambaState[]::new);
        next = new int[settings.batch()];
    }

    /**
     * Measures.
     *
     * @param name the model's name
     * @param progress is told how many of the repetitions are done
     * @return the result
     */
    BenchReport run(String name, Progress progress) {
        var memory = new ProcessMemory(weights.bytes());
        warmUp(settings.warmUpSeconds(), () -> {
            prefill();
            decode(Math.min(settings.genTokens(), MAX_WARM_UP_STEPS));
        });
        // A buffer of ours is no memory that the model needs.
        long peakBefore = memory.peakBytes();
        boolean ownBuffer = weights.bytes() < LARGE_BYTES;
        try (Arena arena = Arena.ofShared(); ThreadTeam team = new ThreadTeam(model.options().threads())) {
            List<MemorySegment> data = ownBuffer ? List.of(buffer(arena)) : weights.matrices();
            var limits = new MachineLimits(team);
            // Uncompiled they would be a thousand times too low, and every percentage absurd.
            warmUp(Math.max(1, settings.warmUpSeconds() / 3), () -> {
                limits.fmaPeakGflops();
                limits.readGigabytesPerSecond(data);
            });
            double[][] values = new double[4][settings.repeat()];
            for (int i = 0; i < settings.repeat(); i++) {
                values[0][i] = limits.fmaPeakGflops();
                values[1][i] = prefill();
                values[2][i] = limits.readGigabytesPerSecond(data);
                values[3][i] = decode(settings.genTokens());
                progress.to(i + 1);
            }
            Rate[] rates = Arrays.stream(values).map(Rate::of).toArray(Rate[]::new);
            List<ContextCost> contexts = contexts(memory);
            return report(name, rates, ownBuffer ? peakBefore : memory.peakBytes(), contexts);
        }
    }

    /** Runs rounds for a time, and then some more if the compiler is still at work. */
    private static void warmUp(int seconds, Runnable round) {
        var compilation = ManagementFactory.getCompilationMXBean();
        long start = System.nanoTime();
        double elapsed;
        boolean compiled;
        do {
            long before = compilation == null ? 0 : compilation.getTotalCompilationTime();
            long begin = System.nanoTime();
            round.run();
            long compiling = compilation == null ? 0 : compilation.getTotalCompilationTime() - before;
            compiled = compiling * 1e6 > 0.02 * (System.nanoTime() - begin);
            elapsed = (System.nanoTime() - start) / NANOS;
        } while (elapsed < seconds || compiled && elapsed < 3 * seconds);
    }

    /** All of it is written, since memory that never was is not there. */
    private static MemorySegment buffer(Arena arena) {
        return arena.allocate(BUFFER_BYTES, 64).fill((byte) 1);
    }

    /** Feeds the prompt to all sequences, and returns the tokens per second of the first, which computes it. */
    private double prefill() {
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
    private double decode(int steps) {
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
        return model.kernels().argmax(batch.logits(), from, from + model.config().vocabSize()) - from;
    }

    private List<ContextCost> contexts(ProcessMemory memory) {
        List<ContextCost> costs = new ArrayList<>();
        MambaState state = states[0];
        state.reset();
        for (int length : settings.contexts()) {
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
            for (int i = 0; i < millis.length; i++) {
                long start = System.nanoTime();
                step(1);
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
            costs.add(new ContextCost(length, Rate.of(millis).median(), state.byteSize(), memory.residentBytes()));
        }
        return costs;
    }

    private BenchReport report(String name, Rate[] rates, long peakRss, List<ContextCost> contexts) {
        MambaConfig config = model.config();
        double fmaPeak = rates[0].median();
        Rate prefill = rates[1];
        double bandwidth = rates[2].median();
        Rate decode = rates[3];
        double flops = 2.0 * weights.parametersPerRow() * prefill.median();
        double bytes = weights.bytesPerStep() * decode.median() / settings.batch();
        Machine machine = Machine.inspect();
        return new BenchReport(name, config.parameterCount(), weights.dtype().name().toLowerCase(Locale.ROOT),
                weights.bytes(), model.options().threads(), model.kernels().description(), settings.promptTokens(),
                settings.genTokens(), settings.repeat(), settings.batch(),
                new Prefill(prefill, 100 * flops / (fmaPeak * NANOS)),
                new Decode(decode, 100 * bytes / (bandwidth * NANOS)), peakRss, contexts,
                new Environment(fmaPeak, bandwidth, machine.java(), machine.system(), machine.processor(),
                        machine.processors(), machine.memoryBytes()));
    }
}
