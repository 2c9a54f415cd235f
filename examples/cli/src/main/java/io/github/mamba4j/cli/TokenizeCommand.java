package io.github.mamba4j.cli;

import io.github.mamba4j.engine.tokenize.HfTokenizer;
import io.github.mamba4j.weights.Checkpoint;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mamba tokenize}: text to token ids and back. */
@Command(name = "tokenize", description = {"Shows the tokens of a text.",
        "Each is a line: its id, and its text as a JSON string."}, footerHeading = "%nExamples:%n", footer = {
                "  mamba tokenize 'Once upon a time'",
                "  mamba generate --token-ids $(mamba tokenize --ids 'Once upon a time')",
                "  mamba tokenize --decode 410,435,259,384"})
final class TokenizeCommand implements Callable<Integer> {
    private final Io io;

    @Mixin
    private ModelArguments model;

    @ArgGroup(multiplicity = "1", heading = "%nWhat to tokenize:%n")
    private Source source;

    @Option(names = "--ids", description = "Print the ids only, with commas between them.")
    private boolean idsOnly;

    @Option(names = "--no-special-tokens", description = "Leave out the special tokens that the tokenizer adds to a text by itself.")
    private boolean noSpecialTokens;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /** Exactly one of these. */
    private static final class Source {
        @Parameters(paramLabel = "TEXT", arity = "1", description = "A text.")
        private String text;

        @Option(names = "--file", paramLabel = "FILE", required = true, description = "A file with a text in UTF-8; - is standard input.")
        private String file;

        @Option(names = "--decode", paramLabel = "ID", split = "\\s*,\\s*", splitSynopsisLabel = ",", required = true, description = "Token ids, whose text is to be printed.")
        private int[] tokenIds;
    }

    /**
     * The tokens of a text.
     *
     * @param tokenIds the ids
     * @param tokens the text of each; empty for special ones, U+FFFD in place of a part of a character
     */
    private record Tokens(int[] tokenIds, List<String> tokens) {}

    /**
     * The text of tokens.
     *
     * @param text the text
     */
    private record Text(String text) {}

    TokenizeCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        try (Checkpoint checkpoint = model.open(); HfTokenizer tokenizer = model.tokenizer(checkpoint.files())) {
            if (source.tokenIds != null) {
                decode(tokenizer);
            } else {
                String text = source.text != null ? source.text : TextFiles.read(source.file, io);
                encode(text, tokenizer);
            }
        }
        return 0;
    }

    private void decode(HfTokenizer tokenizer) {
        for (int id : source.tokenIds) {
            if (id < 0 || id >= tokenizer.vocabSize()) {
                throw new IllegalArgumentException(
                        "token id " + id + " is out of range: expected 0 to " + (tokenizer.vocabSize() - 1));
            }
        }
        String text = tokenizer.decode(source.tokenIds);
        io.println(json ? Json.line(new Text(text)) : text);
    }

    private void encode(String text, HfTokenizer tokenizer) {
        int[] ids = tokenizer.encode(text, !noSpecialTokens);
        if (json) {
            io.println(Json.line(new Tokens(ids, Arrays.stream(ids).mapToObj(tokenizer::tokenText).toList())));
        } else if (idsOnly) {
            io.println(Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(",")));
        } else {
            for (int id : ids) {
                io.println(
                        id + "\t" + Json.line(tokenizer.tokenText(id)) + (tokenizer.isSpecial(id) ? "\tspecial" : ""));
            }
        }
    }
}
