package io.github.mamba4j.cli;

import io.github.mamba4j.engine.tokenize.HfTokenizer;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.Checkpoint;
import io.github.mamba4j.weights.MambaConfig;
import java.io.IOException;
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
     * @param parameters the number of trained values
     * @param tensors how many tensors are stored
     * @param storedBytes bytes of the tensors by format
     * @param weightFiles the files of weights
     * @param fileBytes their size
     * @param tokenizer its vocabulary, or null if there is none
     */
    private record Info(String location, String architecture, MambaConfig config, long parameters, int tensors,
            Map<DType, Long> storedBytes, List<String> weightFiles, long fileBytes, TokenizerInfo tokenizer) {}

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
        try (Checkpoint checkpoint = model.open()) {
            // Reads no large matrix, but finds everything that is missing or has a wrong shape.
            checkpoint.weights();
            MambaConfig config = checkpoint.config();
            var info = new Info(checkpoint.files().location(), checkpoint.architecture(), config,
                    config.parameterCount(), checkpoint.tensorNames().size(), checkpoint.bytesByDType(),
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
        MambaConfig c = info.config();
        new Table().add("model", info.location()).add("architecture", info.architecture())
                .add("parameters", Table.count(info.parameters())).add("layers", c.nLayer())
                .add("d_model", c.dModel()).add("d_inner", c.dInner()).add("d_state", c.dState())
                .add("d_conv", c.dConv()).add("dt_rank", c.dtRank()).add("vocabulary", Table.count(c.vocabSize()))
                .add("head", c.tieEmbeddings() ? "tied to the embedding" : "of its own")
                .add("biases", biases(c)).add("stored as", info.storedBytes().entrySet().stream()
                        .map(e -> e.getKey() + " (" + Table.bytes(e.getValue()) + ")")
                        .collect(Collectors.joining(", ")))
                .add("files", info.weightFiles().size() + " (" + Table.bytes(info.fileBytes()) + ", " + info.tensors()
                        + " tensors)")
                .add("state of a text", Table.bytes(stateBytes(c)))
                .add("tokenizer", info.tokenizer() == null
                        ? "none"
                        : "tokenizer.json, " + Table.count(info.tokenizer().vocabSize()) + " tokens")
                .print(io);
    }

    private static String biases(MambaConfig c) {
        if (c.useBias()) {
            return c.useConvBias() ? "projections, convolution" : "projections";
        }
        return c.useConvBias() ? "convolution" : "none";
    }

    /** All that a text of any length leaves behind: the convolution's window and the states, in float32. */
    private static long stateBytes(MambaConfig c) {
        return (long) c.nLayer() * c.dInner() * (c.dConv() - 1 + c.dState()) * Float.BYTES;
    }
}
