package io.github.mamba4j.cli;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.FinishReason;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationResult;
import io.github.mamba4j.engine.generate.GenerationStream;
import io.github.mamba4j.engine.generate.TextChunk;
import io.github.mamba4j.engine.generate.TextGenerator;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mamba generate}: continues a text. */
@Command(name = "generate", description = "Continues a prompt, and prints the continuation as it comes. Values that are "
        + "not given are those of the checkpoint's generation_config.json; without one, the defaults below.", footerHeading = "%nExamples:%n", footer = {
                "  mamba generate 'Once upon a time'",
                "  mamba generate --model mamba-130m-hf --temperature 0 --max-new-tokens 50 'The capital of France is'",
                "  mamba generate --prompt-file letter.txt --stop 'Yours' --seed 7 --json"})
final class GenerateCommand implements Callable<Integer> {
    private static final int STOPPED = 130;

    private final Io io;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments model;

    @ArgGroup(multiplicity = "1", heading = "The prompt:%n")
    private Source source;

    @Mixin
    private SamplingArguments sampling;

    @Option(names = "--json", description = "Print one JSON object when the text is complete.")
    private boolean json;

    /** Exactly one of these. */
    private static final class Source {
        @Parameters(paramLabel = "PROMPT", arity = "1", description = "A text.")
        private String prompt;

        @Option(names = "--prompt-file", paramLabel = "FILE", required = true, description = "A file with a text in "
                + "UTF-8; - is standard input. The end of its last line does not count.")
        private String file;

        @Option(names = "--token-ids", paramLabel = "ID", split = "\\s*,\\s*", splitSynopsisLabel = ",", required = true, description = "Token ids, with nothing added to them. This needs no tokenizer: without one, token ids "
                + "are printed.")
        private int[] tokenIds;
    }

    GenerateCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        Optional<String> prompt = prompt();
        long start = System.nanoTime();
        try (MambaModel loaded = model.load(sampling.maxNewTokens() + promptTokens(prompt));
                HfTokenizer named = model.namedTokenizer();
                TextGenerator generator = generator(loaded, named)) {
            double loadMillis = (System.nanoTime() - start) / 1e6;
            var request = GenerationRequest.builder(sampling.over(generator.defaultOptions()));
            prompt.ifPresentOrElse(request::text, () -> request.tokenIds(source.tokenIds));
            return generate(generator, request.build(), loadMillis);
        }
    }

    private int promptTokens(Optional<String> prompt) {
        return prompt.map(text -> text.length() / TextFiles.BYTES_PER_TOKEN).orElseGet(() -> source.tokenIds.length);
    }

    private static TextGenerator generator(MambaModel loaded, HfTokenizer named) throws IOException {
        var builder = TextGenerator.builder(loaded);
        return named == null ? builder.build() : builder.tokenizer(named).build();
    }

    /** The prompt's text, unless token ids were given. Read first, for it is what a user gets wrong most often. */
    private Optional<String> prompt() throws IOException {
        if (source.tokenIds != null) {
            return Optional.empty();
        }
        String text = source.prompt != null
                ? source.prompt
                : TextFiles.read(source.file, io).replaceFirst("\\r?\\n\\z", "");
        if (text.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "the prompt is empty: expected at least one character");
        }
        return Optional.of(text);
    }

    private int generate(TextGenerator generator, GenerationRequest request, double loadMillis) {
        try (GenerationStream stream = generator.stream(request)) {
            boolean asText = generator.tokenizer().isPresent();
            return Interruption.cancels(stream::cancel, () -> json
                    ? report(stream, request, loadMillis)
                    : show(stream, asText));
        }
    }

    private int show(GenerationStream stream, boolean asText) {
        for (boolean first = true; stream.hasNext(); first = false) {
            TextChunk chunk = stream.next();
            String piece = asText ? chunk.text() : (first ? "" : ",") + chunk.tokenId();
            if (!piece.isEmpty()) {
                io.print(piece);
                io.flush();
            }
        }
        GenerationResult result = stream.result();
        io.println("");
        io.flush();
        return exitCode(result);
    }

    private int report(GenerationStream stream, GenerationRequest request, double loadMillis) {
        try (var progress = new Progress(io, "Generating", "tokens", request.options().maxNewTokens())) {
            for (long count = 1; stream.hasNext(); count++) {
                stream.next();
                progress.to(count);
            }
        }
        GenerationResult result = stream.result();
        int code = exitCode(result);
        // A program that reads JSON must not take half a text for a whole one.
        if (code == 0) {
            io.println(Json.line(GenerationReport.of(result, loadMillis)));
            io.flush();
        }
        return code;
    }

    private static int exitCode(GenerationResult result) {
        return result.finishReason() == FinishReason.CANCELLED ? STOPPED : 0;
    }
}
