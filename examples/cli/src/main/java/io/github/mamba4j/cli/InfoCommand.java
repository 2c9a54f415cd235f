package io.github.mamba4j.cli;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.ModelOptions;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.weights.Checkpoint;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.file.StoredType;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mamba info}: what a checkpoint is. */
@Command(name = "info", description = {"Describes a checkpoint.",
        "That is: architecture, dimensions, number of parameters, stored formats and bytes, tokenizer."}, footerHeading = "%nExamples:%n", footer = {
                "  mamba info",
                "  mamba info --model mamba-130m-hf --json"})
final class InfoCommand implements Callable<Integer> {
    private static final ModelOptions ONE_THREAD = ModelOptions.builder().threads(1).kernels(KernelChoice.SCALAR)
            .build();

    private final Io io;

    @Mixin
    private ModelArguments model;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /**
     * What is told of a checkpoint.
     *
     * @param location where it is
     * @param architecture the family
     * @param config the dimensions and options
     * @param stateBytes what a text of one token leaves behind
     * @param parameters the number of trained values
     * @param tensors how many tensors are stored
     * @param storedBytes bytes of the tensors by format
     * @param weightFiles the files of weights
     * @param fileBytes their size
     * @param tokenizer its vocabulary, or null if there is none
     */
    private record Info(String location, String architecture, Dimensions config, long stateBytes, long parameters,
            int tensors, Map<StoredType, Long> storedBytes, List<String> weightFiles, long fileBytes,
            TokenizerInfo tokenizer) {}

    /**
     * What is told of a configuration.
     *
     * @param vocabSize rows of the embedding
     * @param dModel width of the residual stream
     * @param tied whether the head is the embedding
     * @param normEps of the norms between the blocks
     * @param blocks the kinds of blocks, in the order of the first of each
     */
    private record Dimensions(int vocabSize, int dModel, boolean tied, float normEps, List<Blocks> blocks) {
        static Dimensions of(ModelConfig c) {
            return new Dimensions(c.vocabSize(), c.dModel(), c.tied(), c.normEps(), mixers(c).entrySet().stream()
                    .map(e -> new Blocks(e.getValue(), e.getKey())).toList());
        }
    }

    /**
     * Blocks of one kind.
     *
     * @param count how many
     * @param mixer what they compute
     */
    private record Blocks(int count, String mixer) {}

    /**
     * What is told of a tokenizer.
     *
     * @param vocabSize the number of tokens
     * @param specialTokensBefore those that it puts in front of a text
     */
    private record TokenizerInfo(int vocabSize, int[] specialTokensBefore) {}

    InfoCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        // Reads no large matrix, but finds everything that is missing or has a wrong shape.
        try (Checkpoint checkpoint = model.open();
                MambaModel loaded = MambaModel.of(checkpoint.weights(), ONE_THREAD)) {
            var info = new Info(checkpoint.files().location(), checkpoint.architecture(),
                    Dimensions.of(loaded.config()),
                    loaded.newState().byteSize(), loaded.parameters().count(), checkpoint.tensorNames().size(),
                    checkpoint.bytesByType(),
                    checkpoint.weightFiles(), checkpoint.storedBytes(), tokenizer(checkpoint));
            if (json) {
                io.println(Json.line(info));
            } else {
                print(info);
            }
        }
        return 0;
    }

    private TokenizerInfo tokenizer(Checkpoint checkpoint) throws IOException {
        if (!model.hasTokenizer(checkpoint.files())) {
            return null;
        }
        try (HfTokenizer tokenizer = model.tokenizer(checkpoint.files())) {
            return new TokenizerInfo(tokenizer.vocabSize(), SpecialTokens.of(tokenizer).before());
        }
    }

    private void print(Info info) {
        Dimensions c = info.config();
        Table table = new Table().add("model", info.location()).add("architecture", info.architecture())
                .add("parameters", Table.count(info.parameters())).add("d_model", c.dModel())
                .add("vocabulary", Table.count(c.vocabSize()))
                .add("head", c.tied() ? "tied to the embedding" : "of its own");
        c.blocks().forEach(kind -> table.add("blocks", kind.count() + " x " + kind.mixer()));
        table.add("stored as", info.storedBytes().entrySet().stream()
                .map(e -> e.getKey() + " (" + Table.bytes(e.getValue()) + ")")
                .collect(Collectors.joining(", ")))
                .add("files", info.weightFiles().size() + " (" + Table.bytes(info.fileBytes()) + ", " + info.tensors()
                        + " tensors)")
                .add("state of a text", Table.bytes(info.stateBytes()))
                .add("tokenizer", info.tokenizer() == null
                        ? "none"
                        : "tokenizer.json, " + Table.count(info.tokenizer().vocabSize()) + " tokens")
                .print(io);
    }

    /** How many blocks there are of which kind, in the order of the first of each. */
    private static Map<String, Integer> mixers(ModelConfig config) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (BlockConfig block : config.blocks()) {
            // A record says its name, which ends with Config, and its components; what it does not have is left out.
            String mixer = block.mixer().toString().replaceAll(", \\w+=Optional\\.empty", "")
                    .replaceFirst("Config\\[", " (").replaceFirst("\\]$", ")").replace('=', ' ')
                    .replaceAll("Optional\\[(\\w+\\[[^\\]]*\\])\\]", "$1");
            counts.merge(mixer, 1, Integer::sum);
        }
        return counts;
    }
}
