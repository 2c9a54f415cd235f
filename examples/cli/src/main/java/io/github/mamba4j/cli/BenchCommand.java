package io.github.mamba4j.cli;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.ModelOptions;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.Checkpoint;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Presets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mamba bench}: how fast a model runs, and how near that is to what the machine can do. */
@Command(name = "bench", description = {"Measures how fast a model reads a prompt and decodes.",
        "As tokens per second and as a percentage of what this machine can do at best, which is measured in turns with "
                + "it."}, footerHeading = "%nExamples:%n", footer = {
                        "  mamba bench", "  mamba bench --preset mamba-130m --dtype bf16 --json",
                        "  mamba bench --preset mamba-130m --context 1,100,10000,100000",
                        "  mamba bench --preset mamba-130m --compare-threads 1 --repeat 20"})
final class BenchCommand implements Callable<Integer> {
    private static final long SEED = 1;

    private final Io io;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments model;

    @Option(names = "--preset", paramLabel = "NAME", completionCandidates = PresetNames.class, description = "Random weights "
            + "of the dimensions of a published model, in place of a model: ${COMPLETION-CANDIDATES}; f32 unless --dtype says "
            + "otherwise.")
    private String preset;

    @Option(names = "--prompt-tokens", paramLabel = "N", defaultValue = "512", description = "Length of the prompt.")
    private int promptTokens;

    @Option(names = "--gen-tokens", paramLabel = "N", defaultValue = "128", description = "Tokens to decode after it.")
    private int genTokens;

    @Option(names = "--repeat", paramLabel = "N", defaultValue = "5", description = "How often both are measured.")
    private int repeat;

    @Option(names = "--batch", paramLabel = "B", defaultValue = "1", description = "Sequences that step together while decoding; their tokens are added up.")
    private int batch;

    @Option(names = "--context", paramLabel = "N", split = "\\s*,\\s*", splitSynopsisLabel = ",", description = "Also measure a decoding step and the memory after so many tokens of context.")
    private List<Integer> contexts = List.of();

    @Option(names = "--compare-threads", paramLabel = "N", split = "\\s*,\\s*", splitSynopsisLabel = ",", description = "Also measure with so many threads, in turns, and say how many times as fast the model is with --threads.")
    private List<Integer> otherThreads = List.of();

    @Option(names = "--warm-up", paramLabel = "SECONDS", defaultValue = "3", description = "How long to run before measuring, at least; up to three times as long if the compiler is still at work.")
    private int warmUpSeconds;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /** The presets, for the help. */
    static final class PresetNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Presets.names().iterator();
        }
    }

    BenchCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        BenchSettings settings;
        try {
            settings = new BenchSettings(promptTokens, genTokens, repeat, batch, warmUpSeconds, contexts,
                    otherThreads);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
        if (preset == null) {
            measureCheckpoint(settings);
        } else {
            measurePreset(settings);
        }
        return 0;
    }

    private void measureCheckpoint(BenchSettings settings) throws IOException {
        ModelOptions options = model.options();
        try (Checkpoint checkpoint = model.open()) {
            ModelWeights weights = options.dtype().isPresent()
                    ? checkpoint.weights(options.dtype().get())
                    : checkpoint.weights();
            measure(checkpoint.files().location(), weights, settings);
        }
    }

    private void measurePreset(BenchSettings settings) throws IOException {
        if (model.isNamed()) {
            throw usage("--preset and --model exclude each other");
        }
        ModelConfig config;
        try {
            config = Presets.of(preset);
        } catch (IllegalArgumentException e) {
            throw usage("--preset: " + e.getMessage());
        }
        DType dtype = model.options().dtype().orElse(DType.F32);
        long bytes = ShapeCount.of(config) * dtype.bytes();
        long memory = Machine.inspect().memoryBytes();
        if (bytes > memory) {
            throw new IOException("--preset: " + preset + " as " + dtype + " takes " + Table.bytes(bytes)
                    + ", and this machine has " + Table.bytes(memory) + " of memory");
        }
        try (Arena arena = Arena.ofShared()) {
            measure(preset, ModelWeights.random(config, dtype, SEED, arena), settings);
        }
    }

    private void measure(String name, ModelWeights weights, BenchSettings settings) {
        List<MambaModel> others = new ArrayList<>();
        BenchReport report;
        try (MambaModel loaded = MambaModel.of(weights, model.options());
                var progress = new Progress(io, "Measuring", "runs", settings.repeat())) {
            settings.otherThreads().forEach(threads -> others.add(MambaModel.of(weights, model.options(threads))));
            report = new BenchRun(loaded, BenchWeights.of(weights), settings).run(name, others, progress);
        } finally {
            others.forEach(MambaModel::close);
        }
        if (json) {
            io.println(Json.line(report));
        } else {
            report.print(io);
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
