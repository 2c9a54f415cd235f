package io.github.mamba4j.cli;

import io.github.mamba4j.cli.BenchReport.ContextCost;
import io.github.mamba4j.cli.BenchReport.Decode;
import io.github.mamba4j.cli.BenchReport.Environment;
import io.github.mamba4j.cli.BenchReport.OtherThreads;
import io.github.mamba4j.cli.BenchReport.Prefill;
import io.github.mamba4j.cli.BenchReport.Rate;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.kernels.machine.MachineLimits;
import io.github.mamba4j.kernels.team.ThreadTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures a model, and what the machine can do at best in turns with it: clock and memory of a shared machine change
 * within minutes, so only neighbouring measurements can be compared. The same model with other threads takes turns with
 * it too. Not thread-safe.
 */
final class BenchRun {
    private static final double NANOS = 1e9;
    /** Weights that are read from memory, not from a processor's own caches. */
    private static final long LARGE_BYTES = 256_000_000;
    /** What is read instead of smaller ones. */
    private static final long BUFFER_BYTES = 512_000_000;
    private static final int MAX_WARM_UP_STEPS = 32;

    private final MambaModel model;
    private final BenchWeights weights;
    private final BenchSettings settings;
    private final BenchSubject subject;
    private final double[] fmaPeaks;
    private final double[] bandwidths;
    /** A row for the model and one for it with each of the other numbers of threads. */
    private final double[][] prefills;
    private final double[][] decodes;

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
        subject = subject(model);
        fmaPeaks = new double[settings.repeat()];
        bandwidths = new double[settings.repeat()];
        prefills = new double[1 + settings.otherThreads().size()][settings.repeat()];
        decodes = new double[1 + settings.otherThreads().size()][settings.repeat()];
    }

    private BenchSubject subject(MambaModel measured) {
        return new BenchSubject(measured, settings.promptTokens(), settings.batch());
    }

    /**
     * Measures.
     *
     * @param name the model's name
     * @param others the same model with each of {@link BenchSettings#otherThreads}
     * @param progress is told how many of the repetitions are done
     * @return the result
     */
    BenchReport run(String name, List<MambaModel> others, Progress progress) {
        var memory = new ProcessMemory(weights.bytes());
        warmUp(subject);
        // A buffer of ours and other models' working memory is no memory that the model needs.
        long peakBefore = memory.peakBytes();
        List<BenchSubject> subjects = Stream.concat(Stream.of(subject), others.stream().map(this::subject)).toList();
        subjects.stream().skip(1).forEach(this::warmUp);
        boolean ownBuffer = weights.bytes() < LARGE_BYTES;
        try (Arena arena = Arena.ofShared(); ThreadTeam team = new ThreadTeam(model.options().threads())) {
            List<MemorySegment> data = ownBuffer ? List.of(buffer(arena)) : weights.matrices();
            measure(subjects, new MachineLimits(team), data, progress);
            List<ContextCost> contexts = subject.contexts(settings.contexts(), memory);
            return report(name, ownBuffer || !others.isEmpty() ? peakBefore : memory.peakBytes(), contexts);
        }
    }

    private void measure(List<BenchSubject> subjects, MachineLimits limits, List<MemorySegment> data,
            Progress progress) {
        // Uncompiled they would be a thousand times too low, and every percentage absurd.
        warmUp(Math.max(1, settings.warmUpSeconds() / 3), () -> {
            limits.fmaPeakGflops();
            limits.readGigabytesPerSecond(data);
        });
        for (int i = 0; i < settings.repeat(); i++) {
            fmaPeaks[i] = limits.fmaPeakGflops();
            takeTurns(subjects, i, BenchSubject::prefill, prefills);
            bandwidths[i] = limits.readGigabytesPerSecond(data);
            takeTurns(subjects, i, s -> s.decode(settings.genTokens()), decodes);
            progress.to(i + 1);
        }
    }

    /** All subjects, one after another; every second time the last comes first. */
    private static void takeTurns(List<BenchSubject> subjects, int repetition, ToDoubleFunction<BenchSubject> task,
            double[][] rates) {
        for (int i = 0; i < subjects.size(); i++) {
            int turn = repetition % 2 == 0 ? i : subjects.size() - 1 - i;
            rates[turn][repetition] = task.applyAsDouble(subjects.get(turn));
        }
    }

    private void warmUp(BenchSubject cold) {
        warmUp(settings.warmUpSeconds(), () -> {
            cold.prefill();
            cold.decode(Math.min(settings.genTokens(), MAX_WARM_UP_STEPS));
        });
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

    private OtherThreads otherThreads(int index) {
        return new OtherThreads(settings.otherThreads().get(index), Rate.of(prefills[index + 1]),
                Rate.of(quotients(prefills[0], prefills[index + 1])), Rate.of(decodes[index + 1]),
                Rate.of(quotients(decodes[0], decodes[index + 1])));
    }

    private static double[] quotients(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] / b[i]).toArray();
    }

    private BenchReport report(String name, long peakRss, List<ContextCost> contexts) {
        double fmaPeak = Rate.of(fmaPeaks).median();
        Rate prefill = Rate.of(prefills[0]);
        double bandwidth = Rate.of(bandwidths).median();
        Rate decode = Rate.of(decodes[0]);
        double flops = 2.0 * weights.parametersPerRow() * prefill.median();
        // A step reads the state of each sequence and writes it.
        long state = model.newState().byteSize();
        double bytes = (weights.bytesPerStep() / (double) settings.batch() + 2 * state) * decode.median();
        Machine machine = Machine.inspect();
        return new BenchReport(name, model.parameters().count(), weights.dtype().name().toLowerCase(Locale.ROOT),
                weights.bytes(), state, model.options().threads(), model.kernels().description(),
                settings.promptTokens(),
                settings.genTokens(), settings.repeat(), settings.batch(),
                new Prefill(prefill, 100 * flops / (fmaPeak * NANOS)),
                new Decode(decode, 100 * bytes / (bandwidth * NANOS)), peakRss, contexts,
                IntStream.range(0, settings.otherThreads().size()).mapToObj(this::otherThreads).toList(),
                new Environment(fmaPeak, bandwidth, machine.java(), machine.system(), machine.processor(),
                        machine.processors(), machine.memoryBytes()));
    }
}
