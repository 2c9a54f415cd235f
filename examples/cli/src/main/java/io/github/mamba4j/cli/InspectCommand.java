package io.github.mamba4j.cli;

import io.github.mamba4j.engine.AtomicFile;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.inspect.ModelReader;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mamba inspect}: what the selection mechanism selects. */
@Command(name = "inspect", description = {
        "Shows which tokens of a text each layer's selection mechanism lets in.",
        "That is told by its step size dt, averaged over the channels. A large dt lets a token into the layer's state "
                + "and makes the past fade; a small one passes it by."}, footerHeading = "%nExamples:%n", footer = {
                        "  mamba inspect --text 'There was a cat. The cat was red.' --output cat.html",
                        "  mamba inspect --file story.txt --output story.svg", "  mamba inspect --text 'a cat' --json"})
final class InspectCommand implements Callable<Integer> {
    private static final int MAX_TOKENS = 2000;

    private final Io io;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments model;

    @ArgGroup(multiplicity = "1", heading = "%nWhat to read:%n")
    private Source source;

    @Option(names = "--output", paramLabel = "FILE", description = "Write a heat map to this file: a web page if its name "
            + "ends with .html, a picture if it ends with .svg.")
    private Path output;

    @Option(names = "--json", description = "Print the numbers as one JSON object.")
    private boolean json;

    /** Exactly one of these. */
    private static final class Source {
        @Option(names = "--text", paramLabel = "TEXT", required = true, description = "A text.")
        private String text;

        @Option(names = "--file", paramLabel = "FILE", required = true, description = "A file with a text in UTF-8; - is "
                + "standard input.")
        private String file;
    }

    /** The numbers, {@code meanDt} as {@code [layer][token]}. */
    private record Result(int[] tokenIds, List<String> tokens, float[][] meanDt) {}

    InspectCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        if (output == null && !json) {
            throw new ParameterException(spec.commandLine(), "expected --output FILE, --json or both");
        }
        boolean page = hasEnding(".html");
        if (output != null && !page && !hasEnding(".svg")) {
            throw new ParameterException(spec.commandLine(),
                    "--output: expected a name that ends with .html or .svg, found " + output);
        }
        if (output != null) {
            OutputFiles.check(output);
        }
        String text = source.text != null ? source.text : TextFiles.read(source.file, io);
        try (MambaModel loaded = model.load(Long.MAX_VALUE); HfTokenizer tokenizer = model.tokenizer(loaded.files())) {
            int[] ids = tokenizer.encode(text);
            if (ids.length == 0 || ids.length > MAX_TOKENS) {
                throw new IOException("expected a text of 1 to " + MAX_TOKENS + " tokens, found " + ids.length);
            }
            float[][] means = new ModelReader(loaded).meanStepSizes(ids);
            List<String> tokens = Arrays.stream(ids)
                    .mapToObj(id -> tokenizer.isSpecial(id) ? "[" + id + "]" : tokenizer.tokenText(id)).toList();
            if (output != null) {
                String picture = page ? HeatMapPage.of(tokens, means) : new HeatMap(tokens, means).svg();
                AtomicFile.replace(output, out -> out.write(picture.getBytes(StandardCharsets.UTF_8)));
            }
            if (json) {
                io.println(Json.line(new Result(ids, tokens, means)));
            }
        }
        return 0;
    }

    private boolean hasEnding(String ending) {
        return output != null && output.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }
}
