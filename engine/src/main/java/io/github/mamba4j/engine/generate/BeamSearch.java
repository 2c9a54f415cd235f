package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One beam search, by the rules of transformers: in each step all continuations of all live texts by one token are
 * ordered by their log-probability (ties by the live text's place, then the lower id), and the first of them are looked
 * at: for each beam one more than there are end-of-text tokens, and at least two, so that enough go on. Those that end the
 * text are complete, if they are among the first as many as there are beams; of the others the best live on. A text that
 * is continued in several ways has its state copied for each.
 *
 * <p>A text ends by what ends it in generation too: an end-of-text token, a stop string, a constraint, and for all live
 * texts at once the number of tokens, an interrupt, the time.
 *
 * <p>Processors see log-probabilities in the place of logits.
 */
final class BeamSearch {
    /** A live text. Its log-probability is double: single ones would decide ties by rounding. */
    private record Live(TokenList tokens, double logprob, List<LogitsProcessor> processors) {}

    /** A continuation of a live text. */
    private record Step(int parent, int token, double logprob) {}

    /** A complete text. */
    private record Complete(int[] generated, double logprob, double score, FinishReason reason, boolean whole,
            MambaState state) {}

    /**
     * What was found.
     *
     * @param beam the text
     * @param complete whether it may end where it does, by all rules
     * @param state what all of its tokens but the last make of the state; null if it was not to be kept
     */
    record Found(Beam beam, boolean complete, MambaState state) {}

    private static final Comparator<Complete> BEST_FIRST = Comparator.comparingDouble(Complete::score).reversed();

    private final MambaModel model;
    private final GenerationOptions options;
    private final int beams;
    private final BeamOptions beamOptions;
    private final List<Integer> eosTokenIds;
    private final Function<Boolean, TextOutput> outputs;
    private final List<LogitsRule> rules;
    private final int promptEnd;
    /** How many tokens may be generated. */
    private final int limit;
    private final boolean keepStates;
    private final BooleanSupplier cancelled;
    private final Batch batch = new Batch();
    private final Sampler sampler;
    private final LogSoftmax logSoftmax;

    private List<Live> live = new ArrayList<>();
    /** How many tokens have been generated for each live text. */
    private int length;
    /** By live text; the second array is where the next ones are copied to. */
    private MambaState[] states;
    private MambaState[] nextStates;
    private final List<Complete> complete = new ArrayList<>();

    /**
     * Begins a search.
     *
     * @param model the model
     * @param options what ends the texts, and the rules for logits
     * @param beamOptions how to search
     * @param prompt where the texts start from; its state is used up
     * @param eosTokenIds what ends a text, each once
     * @param outputs makes what turns a text's tokens into text; true for one that begins within a text
     * @param keepStates whether the states are wanted
     * @param cancelled asked before each step whether to end
     */
    BeamSearch(MambaModel model, GenerationOptions options, BeamOptions beamOptions, SharedPrompt prompt,
            List<Integer> eosTokenIds, Function<Boolean, TextOutput> outputs, boolean keepStates,
            BooleanSupplier cancelled) {
        this.model = model;
        this.options = options;
        this.beamOptions = beamOptions;
        this.eosTokenIds = eosTokenIds;
        this.outputs = outputs;
        beams = beamOptions.beams();
        int vocabSize = model.config().vocabSize();
        sampler = new Sampler(model.kernels(), vocabSize);
        logSoftmax = new LogSoftmax(model.kernels(), vocabSize);
        TokenList tokens = new TokenList(prompt.consumed());
        tokens.add(prompt.reading().pendingToken());
        promptEnd = tokens.size();
        int length = prompt.length();
        rules = Processors.rules(options, length);
        limit = options.maxNewTokens(length);
        this.keepStates = keepStates;
        this.cancelled = cancelled;
        live.add(new Live(tokens, 0, Processors.sessions(rules)));
        states = new MambaState[beams];
        nextStates = new MambaState[beams];
        states[0] = prompt.reading().state().orElseThrow();
    }

    /** Searches until the deadline at most; the best text comes first. */
    List<Found> run(Deadline deadline) {
        FinishReason reason = endOfAll(deadline);
        while (reason == null && !live.isEmpty()) {
            forward();
            length++;
            choose(steps());
            if (isDone()) {
                live = List.of();
            }
            reason = endOfAll(deadline);
        }
        for (int i = 0; i < live.size(); i++) {
            Live rest = live.get(i);
            complete(rest.tokens(), rest.logprob(), reason, rest.processors(), states[i]);
        }
        return complete.stream().map(this::found).toList();
    }

    private Found found(Complete c) {
        TextOutput output = outputs.apply(false);
        int end = c.reason() == FinishReason.EOS ? c.generated().length - 1 : c.generated().length;
        for (int i = 0; i < end; i++) {
            output.append(c.generated()[i]);
        }
        output.finish();
        return new Found(new Beam(c.generated(), output.text(), c.logprob(), c.score(), c.reason()), c.whole(),
                c.state());
    }

    /** Why no live text may go on, or null. */
    private FinishReason endOfAll(Deadline deadline) {
        if (length == limit || isContextFull()) {
            return FinishReason.LENGTH;
        }
        if (Thread.currentThread().isInterrupted() || cancelled.getAsBoolean()) {
            return FinishReason.CANCELLED;
        }
        return deadline.isOver() ? FinishReason.TIMEOUT : null;
    }

    /** All live texts are of the same length. */
    private boolean isContextFull() {
        return !live.isEmpty() && states[0].tokensConsumed() >= model.options().maxContext();
    }

    /** Feeds each live text its last token. */
    private void forward() {
        batch.clear();
        for (int i = 0; i < live.size(); i++) {
            batch.add(states[i], live.get(i).tokens().last(), LogitsFor.LAST);
        }
        model.forward(batch);
    }

    /** The best continuations of all live texts, best first. */
    private List<Step> steps() {
        int wanted = Math.max(2, 1 + eosTokenIds.size()) * beams;
        List<Step> steps = new ArrayList<>();
        float[] logprobs = sampler.context().logits();
        for (int i = 0; i < live.size(); i++) {
            Live beam = live.get(i);
            int offset = batch.logitsOffset(i, 0);
            requireFinite(offset, logprobs.length);
            float logSum = (float) logSoftmax.logSum(batch.logits(), offset);
            for (int id = 0; id < logprobs.length; id++) {
                logprobs[id] = batch.logits()[offset + id] - logSum;
            }
            int tokensLeft = limit - (beam.tokens().size() - promptEnd);
            sampler.context().show(beam.tokens(), promptEnd, eosTokenIds, tokensLeft);
            beam.processors().forEach(p -> p.process(sampler.context()));
            for (int id : TopTokens.of(logprobs, 0, logprobs.length, wanted)) {
                steps.add(new Step(i, id, beam.logprob() + logprobs[id]));
            }
        }
        if (steps.isEmpty() && complete.isEmpty()) {
            throw new IllegalStateException("every token is forbidden");
        }
        // Stable: ties stay in the order of beams, then of ids.
        steps.sort(Comparator.comparingDouble(Step::logprob).reversed());
        return steps.size() > wanted ? steps.subList(0, wanted) : steps;
    }

    /** As {@link Sampler} has it: a model that gives no numbers is not one that forbids all tokens. */
    private void requireFinite(int offset, int vocabSize) {
        int best = model.kernels().math().argmax(batch.logits(), offset, offset + vocabSize);
        if (!Float.isFinite(batch.logits()[best])) {
            throw new IllegalStateException("the largest logit is " + batch.logits()[best] + " (token id "
                    + (best - offset) + "): expected a finite number");
        }
    }

    /** Completes texts, and makes the best others the next live ones, with copies of their parents' states. */
    private void choose(List<Step> steps) {
        List<Live> next = new ArrayList<>();
        for (int rank = 0; rank < steps.size() && next.size() < beams; rank++) {
            Step step = steps.get(rank);
            Live parent = live.get(step.parent());
            TokenList tokens = new TokenList(parent.tokens().toArray(0, parent.tokens().size()));
            List<LogitsProcessor> processors = fork(parent);
            tokens.add(step.token());
            processors.forEach(p -> p.accept(step.token()));
            FinishReason end = endOf(tokens, processors);
            if (end == null) {
                fork(step.parent(), next.size());
                next.add(new Live(tokens, step.logprob(), processors));
            } else if (rank < beams) {
                complete(tokens, step.logprob(), end, processors, states[step.parent()]);
            }
        }
        live = next;
        MambaState[] old = states;
        states = nextStates;
        nextStates = old;
    }

    private void fork(int parent, int place) {
        if (nextStates[place] == null) {
            nextStates[place] = model.newState();
        }
        nextStates[place].copyFrom(states[parent]);
    }

    /** The processors for a continuation: copies, or new ones that have been told all generated tokens. */
    private List<LogitsProcessor> fork(Live parent) {
        List<LogitsProcessor> forked = new ArrayList<>();
        for (int i = 0; i < rules.size(); i++) {
            LogitsRule rule = rules.get(i);
            forked.add(parent.processors().get(i).copy().orElseGet(() -> replay(rule, parent.tokens())));
        }
        return forked;
    }

    private LogitsProcessor replay(LogitsRule rule, TokenList tokens) {
        LogitsProcessor session = rule.newSession();
        for (int i = promptEnd; i < tokens.size(); i++) {
            session.accept(tokens.get(i));
        }
        return session;
    }

    /** Why a text ends with its last token, or null if it goes on. */
    private FinishReason endOf(TokenList tokens, List<LogitsProcessor> processors) {
        if (eosTokenIds.contains(tokens.last())) {
            return FinishReason.EOS;
        }
        if (!options.stop().isEmpty() && isStopped(tokens)) {
            return FinishReason.STOP;
        }
        return processors.stream().anyMatch(LogitsProcessor::isComplete) ? FinishReason.CONSTRAINT : null;
    }

    /**
     * Whether the last token completes a stop string. Only the end of the text is looked at, as much as a stop string
     * can be long: each token before the last was looked at in its turn.
     */
    private boolean isStopped(TokenList tokens) {
        int wanted = options.stop().stream().mapToInt(String::length).max().orElse(0);
        // Parts of characters do not count: go back until there is enough text without them.
        int from = tokens.size() - 1;
        for (int chars = 0; from > promptEnd && chars <= wanted; from--) {
            TextOutput one = outputs.apply(true);
            one.append(tokens.get(from - 1));
            one.finish();
            chars += one.isStopped() ? wanted : one.text().replace("\uFFFD", "").length();
        }
        TextOutput output = outputs.apply(from > promptEnd);
        for (int i = from; i < tokens.size(); i++) {
            output.append(tokens.get(i));
        }
        return output.isStopped();
    }

    private void complete(TokenList tokens, double logprob, FinishReason reason, List<LogitsProcessor> processors,
            MambaState state) {
        int[] generated = tokens.toArray(promptEnd, tokens.size());
        boolean whole = processors.stream().allMatch(LogitsProcessor::mayEnd);
        complete.add(new Complete(generated, logprob, score(logprob, generated.length), reason, whole,
                keepStates ? state.copy() : null));
        complete.sort(BEST_FIRST);
        if (complete.size() > beams) {
            complete.removeLast();
        }
    }

    private double score(double logprob, int tokens) {
        return tokens == 0 ? 0 : logprob / StrictMath.pow(tokens, beamOptions.lengthPenalty());
    }

    private boolean isDone() {
        return complete.size() == beams && (beamOptions.earlyStopping() || live.isEmpty()
                || complete.getLast().score() >= score(live.getFirst().logprob(), length));
    }
}
