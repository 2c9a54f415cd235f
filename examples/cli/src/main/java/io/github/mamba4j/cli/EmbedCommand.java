package io.github.mamba4j.cli;

import io.github.mamba4j.engine.AtomicFile;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.Embedder;
import io.github.mamba4j.engine.generate.Embedder.Pooling;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mamba embed}: texts as vectors. */
@Command(name = "embed", description = {"Turns texts into vectors.",
        "That is the model's hidden state after a text's last token, or the mean over its tokens. Many texts go through "
                + "the model together; the vector of one does not depend on the others."}, footerHeading = "%nExamples:%n", footer = {
                        "  mamba embed --text 'a dog' --text 'a cat' --normalize",
                        "  mamba embed --file sentences.txt --pooling mean --format npy --output vectors.npy",
                        "  mamba embed --file documents.jsonl --layer 4 --output vectors.jsonl"})
final class EmbedCommand implements Callable<Integer> {
    private static final int GROUP = 64;

    private final Io io;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments model;

    @ArgGroup(multiplicity = "1", heading = "%nWhat to embed:%n")
    private Source source;

    @Option(names = "--pooling", paramLabel = "last|mean", defaultValue = "last", description = "Take the last token's "
            + "vector, or the mean of all.")
    private Pooling pooling;

    @Option(names = "--layer", paramLabel = "K", description = "Take the hidden state after K blocks; 0 is the embedding "
            + "of the tokens. Default: after the last block and the final norm.")
    private Integer layer;

    @Option(names = "--normalize", description = "Scale each vector to length 1.")
    private boolean normalize;

    @Option(names = "--format", paramLabel = "jsonl|npy", defaultValue = "jsonl", description = "jsonl: a JSON object for "
            + "each text. npy: a NumPy array of float32, [texts, dimension].")
    private Format format;

    @Option(names = "--json", description = "Print one JSON object with the vectors of all texts.")
    private boolean json;

    @Option(names = "--output", paramLabel = "FILE", description = "Write to this file, which is replaced when all is "
            + "done. npy needs it. Default: standard output.")
    private Path output;

    /** Exactly one of these. */
    private static final class Source {
        @Option(names = "--text", paramLabel = "TEXT", required = true, description = "A text. May be given several times.")
        private List<String> texts;

        @Option(names = "--file", paramLabel = "FILE", required = true, description = "A file in UTF-8 with a text on "
                + "each line; if its name ends with .jsonl, each line is a JSON object with a \"text\". - is standard "
                + "input.")
        private String file;
    }

    /** How vectors are written. */
    private enum Format {
        JSONL, NPY
    }

    /** A line of JSON. */
    private record Line(long index, int tokenCount, float[] embedding) {}

    /** The one object of {@code --json}. */
    private record Result(int dimension, List<Line> embeddings) {}

    EmbedCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        if (json && (format == Format.NPY || output != null)) {
            throw new ParameterException(spec.commandLine(),
                    "--json prints, and has neither --format npy nor --output");
        }
        if (format == Format.NPY && output == null) {
            throw new ParameterException(spec.commandLine(), "--format npy: expected --output FILE with it");
        }
        if (output != null) {
            OutputFiles.check(output);
        }
        try (TextLines texts = source.file == null
                ? TextLines.of(source.texts)
                : TextLines.open(source.file, io);
                MambaModel loaded = model.load(Long.MAX_VALUE);
                HfTokenizer tokenizer = model.tokenizer(loaded.files())) {
            var vectors = new Vectors(texts, embedder(loaded), tokenizer);
            if (json) {
                List<Line> all = new ArrayList<>();
                vectors.forEachRemaining(all::add);
                io.println(Json.line(new Result(loaded.config().dModel(), all)));
            } else if (format == Format.NPY) {
                List<float[]> all = new ArrayList<>();
                vectors.forEachRemaining(line -> all.add(line.embedding()));
                AtomicFile.replace(output, out -> NpyWriter.write(all, loaded.config().dModel(), out));
            } else if (output != null) {
                AtomicFile.replace(output, out -> {
                    Writer lines = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
                    while (vectors.hasNext()) {
                        lines.write(Json.line(vectors.next()) + "\n");
                    }
                    lines.flush();
                });
            } else {
                vectors.forEachRemaining(line -> io.println(Json.line(line)));
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return 0;
    }

    private Embedder embedder(MambaModel loaded) {
        int layers = loaded.config().blocks().size();
        if (layer == null) {
            return new Embedder(loaded);
        }
        if (layer < 0 || layer > layers) {
            throw new ParameterException(spec.commandLine(),
                    "--layer: expected 0 to " + layers + " for this model, found " + layer);
        }
        return Embedder.ofLayer(loaded, layer);
    }

    /** Embeds texts in groups as they are asked for. */
    private final class Vectors implements Iterator<Line> {
        private final TextLines texts;
        private final Embedder embedder;
        private final HfTokenizer tokenizer;
        private Iterator<Line> group = List.<Line>of().iterator();
        private long count;

        Vectors(TextLines texts, Embedder embedder, HfTokenizer tokenizer) {
            this.texts = texts;
            this.embedder = embedder;
            this.tokenizer = tokenizer;
        }

        @Override
        public boolean hasNext() {
            if (!group.hasNext()) {
                group = embed(read()).iterator();
            }
            return group.hasNext();
        }

        @Override
        public Line next() {
            hasNext();
            return group.next();
        }

        private List<int[]> read() {
            List<int[]> tokens = new ArrayList<>();
            try {
                for (String text = texts.next(); text != null; text = tokens.size() < GROUP ? texts.next() : null) {
                    int[] ids = tokenizer.encode(text);
                    if (text.isEmpty() || ids.length == 0) {
                        throw new IOException(texts.place() + ": the text is empty");
                    }
                    tokens.add(ids);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return tokens;
        }

        private List<Line> embed(List<int[]> tokens) {
            List<float[]> vectors = embedder.embedAll(pooling, tokens);
            List<Line> lines = new ArrayList<>();
            for (int i = 0; i < tokens.size(); i++) {
                float[] vector = normalize ? Embedder.normalize(vectors.get(i)) : vectors.get(i);
                lines.add(new Line(count++, tokens.get(i).length, vector));
            }
            return lines;
        }
    }
}
