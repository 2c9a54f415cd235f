package io.github.mamba4j.cli;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.Scorer;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code mamba score}: how well the model predicts a text. */
@Command(name = "score", description = {"Computes how well the model predicts a text.",
        "That is the probability of each token after those before it. Texts of any length take the same memory."}, footerHeading = "%nExamples:%n", footer = {
                "  mamba score --text 'Once upon a time there was a dog.'",
                "  mamba score --file story.txt --json"})
final class ScoreCommand implements Callable<Integer> {
    private static final int CHUNK_CHARS = 1 << 14;

    private final Io io;

    @Mixin
    private ModelArguments model;

    @ArgGroup(multiplicity = "1", heading = "%nWhat to score:%n")
    private Source source;

    @Option(names = "--json", description = "Print one JSON object with all log-probabilities.")
    private boolean json;

    /** Exactly one of these. */
    private static final class Source {
        @Option(names = "--text", paramLabel = "TEXT", required = true, description = "A text.")
        private String text;

        @Option(names = "--file", paramLabel = "FILE", required = true, description = "A file with a text in UTF-8; - is standard input.")
        private String file;

        @Option(names = "--token-ids", paramLabel = "ID", split = "\\s*,\\s*", splitSynopsisLabel = ",", required = true, description = "Token ids, with nothing added to them.")
        private int[] tokenIds;
    }

    /**
     * The result.
     *
     * @param tokenCount n, the number of tokens
     * @param tokenIds all tokens
     * @param logprobs natural logarithms of the probabilities of the second to the last token
     * @param meanNll minus their mean
     * @param perplexity {@code exp(meanNll)}
     */
    private record Result(long tokenCount, int[] tokenIds, double[] logprobs, double meanNll, double perplexity) {}

    ScoreCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        try (MambaModel loaded = model.load(expectedTokens())) {
            var details = new Details(json);
            Scorer.Session session = new Scorer(loaded).begin(details::logprob);
            if (source.tokenIds != null) {
                feed(source.tokenIds, details, session);
            } else {
                try (HfTokenizer tokenizer = model.tokenizer(loaded.files());
                        Reader text = source.text != null
                                ? new StringReader(source.text)
                                : TextFiles.open(source.file, io)) {
                    feed(text, tokenizer, details, session);
                }
            }
            print(session.finish(), details);
        }
        return 0;
    }

    private long expectedTokens() throws IOException {
        if (source.tokenIds != null) {
            return source.tokenIds.length;
        }
        long bytes = source.text != null ? source.text.length() : TextFiles.size(source.file);
        return bytes < 0 ? Long.MAX_VALUE : bytes / TextFiles.BYTES_PER_TOKEN;
    }

    private void feed(Reader text, Tokenizer tokenizer, Details details, Scorer.Session session) throws IOException {
        // Where the first token of a text is a special case, a chunk would be taken for a text of its own.
        int size = tokenizer.dropsLeadingSpace() ? Integer.MAX_VALUE / 16 : CHUNK_CHARS;
        var chunks = new TextChunks(text, size);
        var ends = SpecialTokens.of(tokenizer);
        feed(ends.before(), details, session);
        long bytes = 0;
        try (var progress = new Progress(io, "Scoring", "bytes",
                source.file == null ? -1 : TextFiles.size(source.file))) {
            for (String chunk = chunks.next(); !chunk.isEmpty(); chunk = chunks.next()) {
                feed(tokenizer.encode(chunk, false), details, session);
                bytes += chunk.getBytes(StandardCharsets.UTF_8).length;
                progress.to(bytes);
            }
        }
        feed(ends.after(), details, session);
    }

    private static void feed(int[] tokens, Details details, Scorer.Session session) {
        details.tokens(tokens);
        session.feed(tokens);
    }

    private void print(Scorer.Score score, Details details) {
        if (json) {
            io.println(Json.line(new Result(score.tokenCount(), details.tokenIds.build().toArray(),
                    details.logprobs.build().toArray(), score.meanNll(), score.perplexity())));
        } else {
            new Table().add("tokens", score.tokenCount())
                    .add("mean nll", Table.decimal(score.meanNll(), 6) + " nats a token")
                    .add("perplexity", Table.decimal(score.perplexity(), 4)).print(io);
        }
    }

    /** The single tokens, which are kept only if they are to be printed. */
    private static final class Details {
        private final IntStream.Builder tokenIds;
        private final DoubleStream.Builder logprobs;

        Details(boolean keep) {
            tokenIds = keep ? IntStream.builder() : null;
            logprobs = keep ? DoubleStream.builder() : null;
        }

        void tokens(int[] ids) {
            if (tokenIds != null) {
                for (int id : ids) {
                    tokenIds.add(id);
                }
            }
        }

        void logprob(double value) {
            if (Double.isNaN(value)) {
                throw new IllegalStateException(
                        "the model computes values that are not numbers: are its weights damaged?");
            }
            if (logprobs != null) {
                logprobs.add(value);
            }
        }
    }
}
