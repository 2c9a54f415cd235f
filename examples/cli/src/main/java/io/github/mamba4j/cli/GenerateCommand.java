package io.github.mamba4j.cli;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.constrain.Constraint;
import io.github.mamba4j.engine.generate.FinishReason;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationResult;
import io.github.mamba4j.engine.generate.GenerationStream;
import io.github.mamba4j.engine.generate.TextChunk;
import io.github.mamba4j.engine.generate.TextGenerator;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mamba generate}: continues a text, or many. */
@Command(name = "generate", description = {"Continues a prompt, and prints the continuation as it comes.",
        "Values that are not given are those of the checkpoint's generation_config.json; without one, the defaults "
                + "below."}, footerHeading = "%nExamples:%n", footer = {
                        "  mamba generate 'Once upon a time'",
                        "  mamba generate --model mamba-130m-hf --temperature 0 'The capital of France is'",
                        "  mamba generate --prompt-file letter.txt --stop 'Yours' --seed 7 --json",
                        "  mamba generate --regex '[1-9] (cats|dogs)' 'Tom has '",
                        "  mamba generate --json-schema person.schema.json 'Lily is '",
                        "  mamba generate --prompt-file prompts.jsonl --batch 16 > texts.jsonl",
                        "  mamba generate 'One day' --state-out story.state",
                        "  mamba generate --state-in story.state --state-out story.state"})
final class GenerateCommand implements Callable<Integer> {
    private final Io io;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments model;

    @ArgGroup(heading = "%nThe prompt:%n")
    private Source source = new Source();

    @ArgGroup(heading = "%nWhat the text must look like:%n")
    private ConstraintArguments shape = new ConstraintArguments();

    @Mixin
    private SamplingArguments sampling;

    @Option(names = "--json", description = "Print one JSON object when the text is complete.")
    private boolean json;

    @Option(names = "--batch", paramLabel = "N", description = "Generate N texts at once. Each line of the prompt file is "
            + "a JSON object with \"prompt\" or \"token_ids\", and with max_new_tokens, min_new_tokens, temperature, "
            + "top_k, top_p, min_p, typical_p, repetition_penalty, presence_penalty, frequency_penalty, seed, stop, ignore_eos, regex, json_schema (the schema itself) where they "
            + "differ from the command line. Each result "
            + "is a line like that of --json, with the \"index\" of its prompt's line, from 0, and its \"id\", if it has one.")
    private Integer batch;

    @Option(names = "--state-in", paramLabel = "FILE", description = "Go on from what --state-out has saved, with more prompt or with none.")
    private Path stateIn;

    @Option(names = "--state-out", paramLabel = "FILE", description = "Save all it takes to go on from the text's end. "
            + "With --max-new-tokens 0 that is the end of the prompt.")
    private Path stateOut;

    /** At most one of these. */
    private static final class Source {
        @Parameters(paramLabel = "PROMPT", arity = "1", description = "A text; - is standard input, which is also read "
                + "if it is a pipe and nothing else is given. If a text begins with a dash, put -- before it, after all "
                + "options.")
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
        // Read and checked first, for it is what a user gets wrong most often.
        chooseInput();
        checkBatch();
        String prompt = prompt();
        Optional<Constraint> constraint = shape.read(spec, io);
        if (stateOut != null) {
            OutputFiles.check(stateOut);
        }
        long start = System.nanoTime();
        try (MambaModel loaded = model.load(expectedTokens(prompt));
                HfTokenizer named = model.namedTokenizer();
                TextGenerator generator = generator(loaded, named)) {
            double loadMillis = (System.nanoTime() - start) / 1e6;
            var compiler = new ConstraintCompiler(generator.tokenizer());
            GenerationOptions sampled = sampling.over(generator);
            GenerationOptions options = constraint.map(c -> compiler.constraint(c, sampled)).orElse(sampled);
            if (batch != null) {
                return new PromptBatch(io, TextFiles.label(source.file), loadMillis).run(generator, prompt,
                        line -> PromptLine.parse(line, options, compiler));
            }
            var request = GenerationRequest.builder(options).text(prompt).keepState(stateOut != null);
            int[] tokens = source.tokenIds == null ? new int[0] : source.tokenIds;
            int[] consumed = {};
            if (stateIn != null) {
                SavedText saved = SavedText.load(stateIn, loaded);
                consumed = saved.consumed();
                request.state(saved.state(), consumed);
                tokens = concat(new int[]{saved.pendingToken()}, tokens);
            }
            return generate(generator, request.tokenIds(tokens).build(), consumed, loadMillis);
        }
    }

    /** The prompt's text; empty if there are token ids or a saved text in its place. */
    private String prompt() throws IOException {
        String text = source.prompt;
        if (source.file != null) {
            return TextFiles.read(source.file, io).replaceFirst("\\r?\\n\\z", "");
        }
        if (text == null && source.tokenIds == null && stateIn == null) {
            throw usage("expected a PROMPT, --prompt-file, --token-ids or --state-in");
        }
        return text == null ? "" : text;
    }

    /** Takes standard input where it is meant. */
    private void chooseInput() {
        boolean nothing = source.prompt == null && source.file == null && source.tokenIds == null && stateIn == null;
        if ("-".equals(source.prompt) || nothing && io.isPiped()) {
            source.prompt = null;
            source.file = "-";
        }
    }

    private void checkBatch() {
        if (batch == null) {
            return;
        }
        if (batch < 1) {
            throw usage("--batch: expected 1 or more, found " + batch);
        }
        if (source.file == null || stateIn != null || stateOut != null) {
            throw usage("--batch takes its prompts from --prompt-file, and has neither --state-in nor --state-out");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private long expectedTokens(String prompt) {
        long texts = batch == null ? 1 : prompt.lines().count();
        return prompt.length() / TextFiles.BYTES_PER_TOKEN + texts * sampling.maxNewTokens()
                + (source.tokenIds == null ? 0 : source.tokenIds.length);
    }

    private TextGenerator generator(MambaModel loaded, HfTokenizer named) throws IOException {
        var builder = TextGenerator.builder(loaded).maxSequences(batch == null ? 1 : batch);
        return named == null ? builder.build() : builder.tokenizer(named).build();
    }

    private static int[] concat(int[] a, int[] b) {
        return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
    }

    private int generate(TextGenerator generator, GenerationRequest request, int[] consumed, double loadMillis)
            throws IOException {
        try (GenerationStream stream = started(generator, request)) {
            boolean asText = generator.tokenizer().isPresent();
            return Interruption.cancels(stream::cancel, () -> {
                GenerationResult result = json ? wait(stream, request) : show(stream, asText);
                save(result, consumed);
                return end(result, loadMillis);
            });
        }
    }

    private GenerationStream started(TextGenerator generator, GenerationRequest request) {
        try {
            return generator.stream(request);
        } catch (IllegalArgumentException e) {
            throw Failures.isOfOption(e) ? Failures.usage(spec, e) : e;
        }
    }

    private GenerationResult show(GenerationStream stream, boolean asText) {
        for (boolean first = true; stream.hasNext(); first = false) {
            TextChunk chunk = stream.next();
            String piece = asText ? chunk.text() : (first ? "" : ",") + chunk.tokenId();
            if (!piece.isEmpty()) {
                io.print(piece);
                io.flush();
            }
        }
        return stream.result();
    }

    private GenerationResult wait(GenerationStream stream, GenerationRequest request) {
        try (var progress = new Progress(io, "Generating", "tokens", request.options().maxNewTokens())) {
            for (long count = 1; stream.hasNext(); count++) {
                stream.next();
                progress.to(count);
            }
        }
        return stream.result();
    }

    private void save(GenerationResult result, int[] before) throws IOException {
        if (stateOut == null || result.state().isEmpty()) {
            return;
        }
        int[] tokens = concat(before, concat(result.promptTokenIds(), result.tokenIds()));
        int last = tokens.length - 1;
        // Who stops while the prompt is being read has no text to go on from.
        if (result.state().get().tokensConsumed() == last) {
            new SavedText(Arrays.copyOf(tokens, last), result.pendingToken(), result.state().get()).save(stateOut);
        }
    }

    /**
     * Says that a text is none that was asked for.
     *
     * @param result a text that is not complete
     * @return a message
     */
    static String cut(GenerationResult result) {
        return "the text was cut by " + (result.finishReason() == FinishReason.TIMEOUT
                ? "its time-out"
                : "its number of tokens (" + result.completionTokens() + ")")
                + " before it was what it must look like; --close makes sure that it is";
    }

    private int end(GenerationResult result, double loadMillis) {
        boolean stopped = result.finishReason() == FinishReason.CANCELLED;
        // A program that reads JSON must not take half a text for a whole one.
        if (!json) {
            io.println("");
        } else if (!stopped) {
            io.println(Json.line(GenerationReport.of(result, loadMillis)));
        }
        io.flush();
        if (!stopped && !result.complete()) {
            Failures.warn(cut(result), io);
            return Failures.INCOMPLETE;
        }
        return stopped ? Mamba.STOPPED : 0;
    }
}
