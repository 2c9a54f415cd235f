package io.github.mamba4j.cli;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.ModelOptions;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.weights.Checkpoint;
import io.github.mamba4j.weights.ModelFiles;
import io.github.mamba4j.weights.file.hub.HubException;
import io.github.mamba4j.weights.file.hub.HubId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.TypeConversionException;

/** The options that all commands with a model share: which model, and how to run it. */
final class ModelArguments {
    /**
     * Multiplications that are done with the scalar kernels by the time the vector kernels are compiled: Java runs vector
     * code hundreds of times slower until then, for some seconds of processor time.
     */
    private static final double WARM_UP = 1e9;

    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--model", paramLabel = "DIR|FILE|NAME", description = "A folder with a checkpoint (config.json and "
            + "weights), a file of weights in one, or the name of a model that was downloaded (owner/name[@REVISION]"
            + "[:TYPE]). Default: the small model that comes with mamba4j.")
    private String model;

    @Option(names = "--download", description = "Download the model if it is not there.")
    private boolean download;

    /** What --model stands for, once that was found out. */
    private Path resolved;

    @Option(names = "--tokenizer", paramLabel = "PATH", description = "A tokenizer.json, or the folder it is in. Default: the checkpoint's.")
    private Path tokenizer;

    @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "auto", converter = DTypeConverter.class, description = "Format of the large matrices: f32, bf16 or f16 converts them in memory, auto uses them as "
            + "they are stored.")
    private DType dtype;

    @Option(names = "--threads", paramLabel = "N", description = "Threads. Default: one per processor.")
    private Integer threads;

    @Option(names = "--kernels", paramLabel = "NAME", converter = KernelsConverter.class, description = "panama (vectors), scalar (slow, the same results) or auto: vectors, unless there is so little "
            + "to do that they would not get warm. Default: auto.")
    private KernelChoice kernels;

    /**
     * Loads the model.
     *
     * @param tokens about how many tokens it will be fed; little work is done without vectors, which gives the same bits
     * @return the model, to be closed by the caller
     * @throws IOException if it cannot be loaded
     * @throws ParameterException if an option has an impossible value
     */
    MambaModel load(long tokens) throws IOException {
        ModelOptions asked = options();
        ModelOptions options = asked.kernels() == KernelChoice.AUTO && isLittle(tokens)
                ? options(KernelChoice.SCALAR, threads)
                : asked;
        Optional<Path> path = modelPath();
        return path.isPresent() ? MambaModel.load(path.get(), options) : MambaModel.shipped(options);
    }

    /**
     * Opens the checkpoint without making a model of it.
     *
     * @return the checkpoint, to be closed by the caller
     * @throws IOException if it cannot be opened
     */
    Checkpoint open() throws IOException {
        Optional<Path> path = modelPath();
        return path.isPresent() ? Checkpoint.open(path.get()) : Checkpoint.shipped();
    }

    /**
     * Whether {@code --model} was given.
     *
     * @return false for the default
     */
    boolean isNamed() {
        return model != null;
    }

    /**
     * Loads the tokenizer, which must be there.
     *
     * @param files the files of the model's checkpoint
     * @return the tokenizer, to be closed by the caller
     * @throws IOException if there is none or it cannot be read
     */
    HfTokenizer tokenizer(ModelFiles files) throws IOException {
        return tokenizer == null ? HfTokenizer.load(files) : HfTokenizer.load(tokenizer);
    }

    /**
     * Loads the tokenizer that is to take the place of the checkpoint's.
     *
     * @return the tokenizer, to be closed by the caller; null if none was named
     * @throws IOException if it cannot be read
     */
    HfTokenizer namedTokenizer() throws IOException {
        return tokenizer == null ? null : HfTokenizer.load(tokenizer);
    }

    /**
     * Whether {@link #tokenizer} can be expected to work.
     *
     * @param files the files of the model's checkpoint
     * @return true if a tokenizer was named or lies beside the weights
     */
    boolean hasTokenizer(ModelFiles files) {
        return tokenizer != null || files.has(HfTokenizer.FILE_NAME);
    }

    /**
     * How the model is to be run.
     *
     * @return the options for the library
     * @throws ParameterException if one has an impossible value
     */
    ModelOptions options() {
        return options(kernels, threads);
    }

    /**
     * The same with other threads.
     *
     * @param otherThreads takes the place of {@code --threads}
     * @return the options for the library
     * @throws ParameterException if one has an impossible value
     */
    ModelOptions options(int otherThreads) {
        return options(kernels, otherThreads);
    }

    private ModelOptions options(KernelChoice choice, Integer count) {
        try {
            ModelOptions.Builder builder = ModelOptions.builder();
            if (count != null) {
                builder.threads(count);
            }
            if (dtype != null) {
                builder.dtype(dtype);
            }
            if (choice != null) {
                builder.kernels(choice);
            }
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw Failures.usage(command, e);
        }
    }

    private boolean isLittle(long tokens) throws IOException {
        try (Checkpoint checkpoint = open()) {
            return (double) checkpoint.weights().parameters().count() * tokens < WARM_UP;
        }
    }

    private Optional<Path> modelPath() throws IOException {
        if (model == null) {
            return Optional.empty();
        }
        if (model.isEmpty()) {
            throw new IOException("--model: expected a folder or a file, found an empty name");
        }
        if (resolved == null) {
            resolved = resolve();
            if (resolved.toString().toLowerCase(Locale.ROOT).endsWith(".gguf")) {
                throw new IOException("--model: GGUF files are not supported yet: " + model);
            }
        }
        return Optional.of(resolved);
    }

    private Path resolve() throws IOException {
        boolean isId = HubId.isId(model);
        try {
            Path path = Path.of(model);
            if (!isId || Files.exists(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            // A colon is part of names, and on Windows of no path.
            if (!isId) {
                throw new IOException("--model: not a path: " + model, e);
            }
        }
        return fromHub(HubId.parse(model));
    }

    private Path fromHub(HubId id) throws IOException {
        Io io = ((Mamba) command.root().userObject()).io();
        var hub = new ModelHub(io);
        Path path = hub.find(id).orElse(null);
        if (path == null) {
            if (!download && !Question.ask(io, id + " is not in the cache. Download it?")) {
                try {
                    return hub.resolve(id);
                } catch (HubException e) {
                    throw new IOException("--model: no such folder or file, and " + e.getMessage()
                            + "; 'mamba download " + id + "' fetches it", e);
                }
            }
            path = hub.download(id);
        }
        if (tokenizer == null) {
            tokenizer = hub.tokenizer(path).orElse(null);
        }
        return path;
    }

    /** Names of number formats, null for auto. Those that are still to come are refused as such. */
    static final class DTypeConverter implements ITypeConverter<DType> {
        @Override
        public DType convert(String value) {
            return switch (value) {
                case "auto" -> null;
                case "f32" -> DType.F32;
                case "bf16" -> DType.BF16;
                case "f16" -> DType.F16;
                case "q8_0", "q4_0" -> throw new TypeConversionException(
                        value + " is not supported yet, expected auto, f32, bf16 or f16");
                default -> throw new TypeConversionException(
                        "expected auto, f32, bf16 or f16, found '" + value + "'");
            };
        }
    }

    /** Names of kernels. */
    static final class KernelsConverter implements ITypeConverter<KernelChoice> {
        @Override
        public KernelChoice convert(String value) {
            return switch (value) {
                case "auto" -> KernelChoice.AUTO;
                case "panama" -> KernelChoice.PANAMA;
                case "scalar" -> KernelChoice.SCALAR;
                default -> throw new TypeConversionException(
                        "expected auto, panama or scalar, found '" + value + "'");
            };
        }
    }
}
