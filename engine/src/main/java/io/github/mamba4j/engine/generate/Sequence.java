package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One text in the making: its tokens, how many of them its state has consumed, and everything else that belongs to it and
 * to no other. It never sees the rest of the batch, which is why its company cannot change it.
 *
 * <p>Used by the thread that runs the passes. Only {@link #isFinished}, the outcome and {@link #chunks} are for others,
 * under the scheduler's lock.
 */
final class Sequence {
    /** Seeds that are drawn stay exact in JSON, whose numbers are doubles for many readers. */
    private static final long DRAWN_SEEDS = 1L << 48;

    private static final int[] NO_POINTS = {};

    private final GenerationRequest request;
    private final GenerationOptions options;
    private final List<Integer> eosTokenIds;
    private final long seed;
    private final Deadline deadline;
    private final List<LogitsProcessor> processors;
    /** How many tokens may be generated. */
    private final int limit;
    private final TokenList tokens;
    private final int promptStart;
    private final int promptEnd;
    private final TextOutput output;
    private final List<TokenLogprob> logprobs = new ArrayList<>();
    private final Runnable onFinish;

    private MambaState state;
    /** How many of the tokens the state has consumed. */
    private int fed;
    /** The most tokens of a sequence. */
    private long maxContext;
    private int firstFed;
    private int[] cachePoints = NO_POINTS;
    /** How many the present pass feeds. */
    private int feeding;
    private long startNanos;
    private long firstTokenNanos;
    private long lastTokenNanos;
    private long endNanos;
    private FinishReason reason;
    private Throwable failure;
    /** Made by the last pass, not yet seen by others. */
    private TextChunk fresh;

    private final boolean streaming;
    private final ArrayDeque<TextChunk> chunks = new ArrayDeque<>();
    private boolean finished;
    private volatile boolean cancelled;

    /**
     * Begins a text.
     *
     * @param request what is wanted
     * @param prompt the tokens to feed
     * @param output takes the generated tokens
     * @param eosTokenIds what ends the text
     * @param deadline when its time is over
     * @param streaming whether {@link #chunks} are wanted
     * @param onFinish called under the scheduler's lock when the outcome is there
     * @throws IllegalArgumentException if a text that must be whole cannot be so short
     */
    Sequence(GenerationRequest request, int[] prompt, TextOutput output, List<Integer> eosTokenIds, Deadline deadline,
            boolean streaming, Runnable onFinish) {
        this.request = request;
        this.output = output;
        this.streaming = streaming;
        this.onFinish = onFinish;
        options = request.options();
        this.eosTokenIds = eosTokenIds;
        seed = options.seed().orElseGet(
                () -> options.isGreedy() ? 0 : ThreadLocalRandom.current().nextLong(DRAWN_SEEDS));
        this.deadline = deadline;
        int length = request.consumed() + prompt.length;
        limit = options.maxNewTokens(length);
        processors = Processors.sessions(Processors.rules(options, length));
        tokens = new TokenList(request.history());
        promptStart = tokens.size();
        for (int token : prompt) {
            tokens.add(token);
        }
        promptEnd = tokens.size();
        if (options.closeWhenCut() && limit > 0) {
            checkLimit();
        }
    }

    private void checkLimit() {
        for (LogitsProcessor processor : processors) {
            int shortest = processor.completion().length;
            if (shortest > limit) {
                throw new IllegalArgumentException("maxNewTokens: expected at least " + shortest
                        + ", which the shortest text that the constraint allows takes, found " + limit);
            }
        }
    }

    /** Makes the state to start from. */
    void begin(MambaModel model, Optional<PrefixCache> cache) {
        startNanos = System.nanoTime();
        fed = promptStart;
        if (request.state().isPresent()) {
            // Copied into a state of this model, so that another model's is refused here and not in a batch.
            MambaState copy = model.newState();
            copy.copyFrom(request.state().get());
            state = copy;
        } else {
            // All but the last token: the logits after it are needed, and they are not in a cache.
            Optional<PrefixCache.Prefix> known = cache.flatMap(c -> c.find(tokens.array(), tokens.size() - 1));
            state = known.map(PrefixCache.Prefix::state).orElseGet(model::newState);
            fed = known.map(PrefixCache.Prefix::length).orElse(0);
            cachePoints = cache.isPresent() ? request.cachePoints() : NO_POINTS;
        }
        firstFed = fed;
        maxContext = model.options().maxContext();
        // Refused here and not in a batch, whose other texts would be refused with it.
        if (goal() - fed > maxContext - state.tokensConsumed()) {
            throw new IllegalArgumentException("expected a prompt that leaves a sequence of at most " + maxContext
                    + " tokens (maxContext), found one of " + (state.tokensConsumed() + goal() - fed));
        }
        if (goal() == fed) {
            reason = FinishReason.LENGTH;
        }
    }

    boolean hasBegun() {
        return state != null;
    }

    /** How many tokens are to be fed: all, or all but the last if nothing is to be generated. */
    private int goal() {
        return limit == 0 ? tokens.size() - 1 : tokens.size();
    }

    /** How many tokens wait to be fed; 1 when decoding. */
    int waitingRows() {
        return reason != null || failure != null ? 0 : goal() - fed;
    }

    /** Puts the next tokens into a batch, as many as there are and room is; returns how many. */
    int feed(Batch batch, int room) {
        feeding = Math.min(room, waitingRows());
        for (int point : cachePoints) {
            if (point > fed && point < fed + feeding) {
                feeding = point - fed;
            }
        }
        batch.add(state, tokens.array(), fed, fed + feeding, wantsLogits() ? LogitsFor.LAST : LogitsFor.NONE);
        return feeding;
    }

    /** Whether the next token is chosen after the present pass. */
    boolean wantsLogits() {
        return limit > 0 && fed + feeding == tokens.size();
    }

    /** The present pass has fed its tokens. */
    void advance(Optional<PrefixCache> cache) {
        fed += feeding;
        feeding = 0;
        if (Arrays.binarySearch(cachePoints, fed) >= 0 && fed <= promptEnd) {
            cache.ifPresent(c -> c.put(tokens.array(), fed, state));
        }
        if (limit == 0 && fed == goal()) {
            reason = FinishReason.LENGTH;
        }
    }

    /** Chooses the next token from the logits after the last one. */
    void choose(Sampler sampler, LogSoftmax logSoftmax, float[] logits, int offset) {
        long room = maxContext - state.tokensConsumed() + 1;
        sampler.context().show(tokens, promptEnd, eosTokenIds, (int) Math.min(limit - generated(), room));
        sampler.process(logits, offset, processors);
        int token = sampler.choose(options, SeededRandom.uniform(seed, state.tokensConsumed()));
        Optional<TokenLogprob> logprob = Optional.empty();
        if (options.logprobs().isPresent()) {
            logprob = Optional.of(logSoftmax.of(logits, offset, token, options.logprobs().getAsInt()));
            logprobs.add(logprob.get());
        }
        tokens.add(token);
        lastTokenNanos = System.nanoTime();
        if (generated() == 1) {
            firstTokenNanos = lastTokenNanos;
        }
        processors.forEach(p -> p.accept(token));
        fresh = new TextChunk(token, textOf(token), logprob);
    }

    private int generated() {
        return tokens.size() - promptEnd;
    }

    /** The text that a new token makes certain; sets the reason if it is the last. */
    private String textOf(int token) {
        if (eosTokenIds.contains(token)) {
            reason = FinishReason.EOS;
            return output.finish();
        }
        String text = output.append(token);
        if (output.isStopped()) {
            reason = FinishReason.STOP;
        } else if (processors.stream().anyMatch(LogitsProcessor::isComplete)) {
            reason = FinishReason.CONSTRAINT;
        } else if (generated() == limit || state.tokensConsumed() == maxContext) {
            reason = FinishReason.LENGTH;
        }
        return reason == null ? text : text + output.finish();
    }

    void cancel() {
        cancelled = true;
    }

    void fail(Throwable cause) {
        failure = cause;
    }

    /**
     * Makes what happened known to others; called under the scheduler's lock.
     *
     * @return whether there is anything new
     */
    boolean settle() {
        if (reason == null && failure == null) {
            if (cancelled) {
                reason = FinishReason.CANCELLED;
            } else if (isLate()) {
                reason = FinishReason.TIMEOUT;
            }
        }
        boolean news = false;
        if (streaming && fresh != null) {
            chunks.add(fresh);
            news = true;
        }
        fresh = null;
        if (reason == null && failure == null) {
            return news;
        }
        if (reason == FinishReason.TIMEOUT) {
            if (options.closeWhenCut()) {
                close();
            }
            String rest = output.finish();
            if (streaming && !rest.isEmpty()) {
                chunks.add(new TextChunk(TextChunk.NO_TOKEN, rest, Optional.empty()));
            }
        }
        finished = true;
        endNanos = System.nanoTime();
        if (!hasBegun()) {
            startNanos = endNanos;
        }
        if (!request.keepState()) {
            state = null;
        }
        onFinish.run();
        return true;
    }

    /** Adds the shortest way to the end of a constrained text. The model is not asked. */
    private void close() {
        for (LogitsProcessor processor : processors) {
            for (int token : processor.completion()) {
                processor.accept(token);
                tokens.add(token);
                String text = output.append(token);
                if (streaming) {
                    chunks.add(new TextChunk(token, text, Optional.empty()));
                }
            }
        }
    }

    boolean isFinished() {
        return finished;
    }

    boolean isLate() {
        return deadline.isOver();
    }

    /** What a reader of the stream has not taken yet. */
    ArrayDeque<TextChunk> chunks() {
        return chunks;
    }

    /**
     * The outcome of a finished sequence.
     *
     * @throws RuntimeException what went wrong
     */
    GenerationResult result() {
        switch (failure) {
            case null -> {
            }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
        int size = tokens.size();
        int decoded = Math.max(0, generated() - 1);
        var timings = new GenerationResult.Timings(Math.max(0, Math.min(fed, promptEnd) - firstFed),
                (generated() == 0 ? endNanos : firstTokenNanos) - startNanos, decoded,
                lastTokenNanos - firstTokenNanos);
        // A text that was given up before its prompt was read has no state to go on from.
        boolean whole = fed == size - 1;
        return new GenerationResult(tokens.toArray(promptStart, promptEnd), tokens.toArray(promptEnd, size),
                output.text(), reason, processors.stream().allMatch(LogitsProcessor::mayEnd), seed, timings, logprobs,
                Optional.ofNullable(state).filter(s -> whole && request.keepState()), tokens.last());
    }
}
