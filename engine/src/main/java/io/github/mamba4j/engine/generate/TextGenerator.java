package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import io.github.mamba4j.engine.tokenize.IncrementalDecoder;
import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Generates text with a model: one text, many at once, or one as a stream.
 *
 * <pre>{@code
 * try (MambaModel model = MambaModel.shipped(); TextGenerator generator = TextGenerator.of(model)) {
 *     System.out.println(generator.generate("Once upon a time").text());
 * }
 * }</pre>
 *
 * <p>Thread-safe. All texts that are asked for at the same time, by one caller or by several, share the passes of the
 * model; each is bit for bit the text that it would be alone. A thread that is interrupted while it waits gets what was
 * generated until then, with {@link FinishReason#CANCELLED}, and stays interrupted.
 */
public final class TextGenerator implements AutoCloseable {
    /** How many texts are generated at once unless a builder says otherwise. */
    public static final int DEFAULT_MAX_SEQUENCES = 32;

    private final MambaModel model;
    private final Optional<Tokenizer> tokenizer;
    private final Optional<HfTokenizer> owned;
    private final GenerationConfigReader recommended;
    /** What ends a text if options do not say. */
    private final List<Integer> eosTokenIds;
    private final PromptReader prompts;
    private final Scheduler scheduler;
    private final PendingTokens pending = new PendingTokens();

    private TextGenerator(Builder b, Optional<HfTokenizer> owned, GenerationConfigReader recommended) {
        model = b.model;
        this.owned = owned;
        tokenizer = Optional.ofNullable(owned.isPresent() ? owned.get() : b.tokenizer);
        this.recommended = recommended;
        eosTokenIds = recommended.eosTokenIds().isEmpty() ? model.tokenIds().eos() : recommended.eosTokenIds();
        prompts = new PromptReader(model, tokenizer);
        scheduler = new Scheduler(model, b.maxSequences, model.options().maxRowsPerPass(), b.prefixCache);
    }

    /**
     * A generator with the tokenizer that lies beside the model.
     *
     * @param model the model, which the caller closes after the generator
     * @return the generator. If the model has no tokenizer, it takes and gives token ids only
     * @throws IOException if a file beside the model cannot be read or used
     */
    public static TextGenerator of(MambaModel model) throws IOException {
        return builder(model).build();
    }

    /**
     * A builder of generators.
     *
     * @param model the model, which the caller closes after the generator
     * @return the builder
     */
    public static Builder builder(MambaModel model) {
        return new Builder(model);
    }

    /**
     * What the model's files recommend, see {@link GenerationOptions#defaultsFor}.
     *
     * @return the options
     * @throws IllegalArgumentException if {@code generation_config.json} has a value that it cannot have
     */
    public GenerationOptions defaultOptions() {
        return recommended.build();
    }

    /**
     * A builder that begins with what the model's files recommend. A value that {@code generation_config.json} cannot
     * have is only an error of {@link GenerationOptionsBuilder#build()}, and none if another one takes its place.
     *
     * @return a new builder
     */
    public GenerationOptionsBuilder optionsBuilder() {
        return recommended.builder();
    }

    /**
     * The tokenizer.
     *
     * @return the tokenizer, if there is one
     */
    public Optional<Tokenizer> tokenizer() {
        return tokenizer;
    }

    /**
     * Continues a text, in the way that the model's files recommend.
     *
     * @param prompt the text
     * @return the result
     * @throws IllegalArgumentException if the prompt is empty and no token begins a text
     */
    public GenerationResult generate(String prompt) {
        return generate(prompt, defaultOptions());
    }

    /**
     * Continues a text.
     *
     * @param prompt the text
     * @param options how
     * @return the result
     * @throws IllegalArgumentException if the prompt is empty and no token begins a text
     */
    public GenerationResult generate(String prompt, GenerationOptions options) {
        return generate(GenerationRequest.of(prompt, options));
    }

    /**
     * Generates a text.
     *
     * @param request what is wanted
     * @return the result
     * @throws IllegalArgumentException if the request has nothing to feed, or a token that is not in the vocabulary
     * @throws RuntimeException what a processor throws
     */
    public GenerationResult generate(GenerationRequest request) {
        try (GenerationStream text = stream(request, false)) {
            return text.result();
        }
    }

    /**
     * Generates a text and shows it on the way.
     *
     * @param request what is wanted
     * @param listener is given each chunk, on the calling thread; if it throws, the text is cancelled
     * @return the result
     * @throws IllegalArgumentException if the request has nothing to feed, or a token that is not in the vocabulary
     * @throws RuntimeException what a processor or the listener throws
     */
    public GenerationResult generate(GenerationRequest request, Consumer<TextChunk> listener) {
        try (GenerationStream text = stream(request)) {
            text.forEachRemaining(listener);
            return text.result();
        }
    }

    /**
     * Generates a text that the caller reads as it comes.
     *
     * @param request what is wanted
     * @return the stream, to be closed by the caller
     * @throws IllegalArgumentException if the request has nothing to feed, or a token that is not in the vocabulary
     */
    public GenerationStream stream(GenerationRequest request) {
        return stream(request, true);
    }

    private GenerationStream stream(GenerationRequest request, boolean chunks) {
        return new GenerationStream(isSearched(request)
                ? searched(request)
                : new ScheduledText(scheduler, sequence(request, chunks, () -> {})), pending::remember);
    }

    private static boolean isSearched(GenerationRequest request) {
        return request.options().beams().isPresent() && !request.options().onlyFeeds();
    }

    private SearchedText searched(GenerationRequest request) {
        // What is wrong with the request is said now.
        prompts.tokens(request);
        pending.check(request);
        Deadline deadline = Deadline.after(request.options().timeout());
        BeamOptions beams = request.options().beams().orElseThrow();
        return new SearchedText(this, request,
                (prompt, cancelled) -> search(request, beams, prompt, cancelled).run(deadline));
    }

    /**
     * Generates a text for subscribers. Each gets a generation of its own, on a daemon thread of its own, and chunks no
     * faster than it asks for them; cancelling the subscription cancels the generation.
     *
     * @param request what is wanted; what is wrong with it goes to the subscriber
     * @return the publisher
     */
    public Flow.Publisher<TextChunk> publisher(GenerationRequest request) {
        return new TextPublisher(() -> stream(request));
    }

    /**
     * Generates many texts at once. An error in one does not stop the others.
     *
     * @param requests what is wanted
     * @return one outcome for each request, in their order
     */
    public List<GenerationOutcome> generateAll(List<GenerationRequest> requests) {
        return generateAll(requests, outcome -> {});
    }

    /**
     * Generates many texts at once. An error in one does not stop the others.
     *
     * @param requests what is wanted
     * @param listener is given each outcome when it is there, on the calling thread; if it throws, all that is not
     *     finished is cancelled
     * @return one outcome for each request, in their order
     */
    public List<GenerationOutcome> generateAll(List<GenerationRequest> requests,
            Consumer<GenerationOutcome> listener) {
        return new BatchRun(scheduler, requests.size(), outcome -> {
            outcome.result().ifPresent(pending::remember);
            listener.accept(outcome);
        }).run((index, onFinish) -> sequence(requests.get(index), false, onFinish), index -> isSearched(
                requests.get(index)) ? Optional.of(searched(requests.get(index))) : Optional.empty());
    }

    /**
     * Generates several texts from one prompt, which is read once, and orders them by the mean log-probability that the
     * model itself gives to their tokens.
     *
     * @param request what is wanted
     * @param n how many texts; number i, from 0, has the request's seed plus i
     * @return the texts, the best first
     * @throws IllegalArgumentException if n is less than 1, or the request cannot be fed
     */
    public List<GenerationResult> bestOf(GenerationRequest request, int n) {
        return BestOf.run(this, request, n);
    }

    /**
     * Looks for the texts that the model finds most likely. Of the options those count that are not about sampling:
     * the number of tokens, what ends a text, the time-out and the rules for logits. The prompt is read as for any text,
     * with the prefix cache if there is one; the search has its passes of the model for itself.
     *
     * @param request what is wanted
     * @param beamOptions how to search
     * @return as many texts as beams, or fewer if there are no more; the best first. When the time is over or the thread
     *     is interrupted, texts that have not ended are among them as far as they have come; that is one empty text if
     *     the prompt has not been read by then
     * @throws IllegalArgumentException if the request has nothing to feed, or a token that is not in the vocabulary
     * @throws RuntimeException what a processor throws
     */
    public List<Beam> beamSearch(GenerationRequest request, BeamOptions beamOptions) {
        GenerationOptions options = request.options();
        Deadline deadline = Deadline.after(options.timeout());
        SharedPrompt prompt = SharedPrompt.read(this, request);
        if (prompt.reading().state().isEmpty()) {
            return List.of(new Beam(new int[0], "", 0, 0, prompt.reading().finishReason()));
        }
        return search(request, beamOptions, prompt, () -> false).run(deadline).stream().map(BeamSearch.Found::beam)
                .toList();
    }

    private BeamSearch search(GenerationRequest request, BeamOptions beams, SharedPrompt prompt,
            BooleanSupplier cancelled) {
        int[] promptTokenIds = prompt.reading().promptTokenIds();
        return new BeamSearch(model, request.options(), beams, prompt, eosTokenIds(request.options()),
                within -> output(request, promptTokenIds, within), request.keepState(), cancelled);
    }

    private Sequence sequence(GenerationRequest request, boolean streaming, Runnable onFinish) {
        // The time runs while the prompt is made into tokens, too.
        Deadline deadline = Deadline.after(request.options().timeout());
        int[] prompt = prompts.tokens(request);
        pending.check(request);
        return new Sequence(request, prompt, output(request, prompt, false), eosTokenIds(request.options()), deadline,
                streaming, onFinish);
    }

    /** The tokens that do end a text, each once. Configurations may name some that the model does not have. */
    private List<Integer> eosTokenIds(GenerationOptions options) {
        int vocabSize = model.config().vocabSize();
        return options.effectiveEos(eosTokenIds).stream().filter(id -> id >= 0 && id < vocabSize).distinct().toList();
    }

    private TextOutput output(GenerationRequest request, int[] prompt, boolean within) {
        int[] history = request.history();
        boolean unknownText = request.state().filter(s -> s.tokensConsumed() > history.length).isPresent();
        return new TextOutput(
                tokenizer.map(t -> new IncrementalDecoder(t,
                        within || unknownText || hasText(t, history) || hasText(t, prompt))),
                request.options().stop());
    }

    private static boolean hasText(Tokenizer tokenizer, int[] tokens) {
        for (int token : tokens) {
            if (tokenizer.tokenBytes(token).length > 0) {
                return true;
            }
        }
        return false;
    }

    /** Closes the tokenizer, if the generator has loaded it. The model stays open. */
    @Override
    public void close() {
        owned.ifPresent(HfTokenizer::close);
    }

    /** Builds generators. Not thread-safe. */
    public static final class Builder {
        private final MambaModel model;
        private Tokenizer tokenizer;
        private int maxSequences = DEFAULT_MAX_SEQUENCES;
        private Optional<PrefixCache> prefixCache = Optional.empty();

        private Builder(MambaModel model) {
            this.model = model;
        }

        /**
         * Sets another tokenizer than the one beside the model.
         *
         * @param value the tokenizer, which the caller closes after the generator
         * @return this
         */
        public Builder tokenizer(Tokenizer value) {
            tokenizer = value;
            return this;
        }

        /**
         * Sets how many texts are generated at once; others wait.
         *
         * @param value 1 or more
         * @return this
         * @throws IllegalArgumentException if it is less
         */
        public Builder maxSequences(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("maxSequences: expected 1 or more, found " + value);
            }
            maxSequences = value;
            return this;
        }

        /**
         * Sets a cache of states after beginnings of prompts. Every prompt is looked up in it; requests say what is put
         * into it.
         *
         * @param value the cache, which may serve several generators
         * @return this
         * @throws IllegalArgumentException if it is for another model
         */
        public Builder prefixCache(PrefixCache value) {
            if (!value.isFor(model)) {
                throw new IllegalArgumentException("the prefix cache is for another model");
            }
            prefixCache = Optional.of(value);
            return this;
        }

        /**
         * Builds the generator.
         *
         * @return the generator
         * @throws IOException if a file beside the model cannot be read or used
         */
        public TextGenerator build() throws IOException {
            GenerationConfigReader recommended = GenerationConfigReader.read(model.files());
            boolean load = tokenizer == null && model.files().has(HfTokenizer.FILE_NAME);
            return new TextGenerator(this, load ? Optional.of(HfTokenizer.load(model.files())) : Optional.empty(),
                    recommended);
        }
    }
}
