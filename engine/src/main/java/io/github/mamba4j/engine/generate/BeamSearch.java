package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/**
 * One beam search, by the rules of transformers: in each step all continuations of all live texts by one token are
 * ordered by their log-probability (ties by the live text's place, then the lower id), and twice as many as there are
 * beams are looked at. Those that end the text are complete, if they are among the first as many as there are beams; of
 * the others the best live on. A text that is continued in several ways has its state copied for each.
 *
 * <p>Processors see log-probabilities in the place of logits.
 */
final class BeamSearch {
    /** A live text. Its log-probability is double: single ones would decide ties by rounding. */
    private record Live(TokenList tokens, double logprob, List<LogitsProcessor> processors) {}

    /** A continuation of a live text. */
    private record Step(int parent, int token, double logprob) {}

    /** A complete text. */
    private record Complete(int[] generated, double logprob, double score, FinishReason reason) {}

    private static final Comparator<Complete> BEST_FIRST = Comparator.comparingDouble(Complete::score).reversed();

    private final MambaModel model;
    private final GenerationOptions options;
    private final BeamOptions beamOptions;
    private final List<Integer> eosTokenIds;
    private final int promptEnd;
    private final Batch batch = new Batch();
    private final TokenChooser chooser;
    private final LogSoftmax logSoftmax;

    private List<Live> live = new ArrayList<>();
    /** By live text; the second array is where the next ones are copied to. */
    private MambaState[] states;
    private MambaState[] nextStates;
    private final List<Complete> complete = new ArrayList<>();

    BeamSearch(MambaModel model, GenerationRequest request, int[] prompt, BeamOptions beamOptions,
            List<Integer> eosTokenIds) {
        this.model = model;
        this.beamOptions = beamOptions;
        this.eosTokenIds = eosTokenIds;
        options = request.options();
        int vocabSize = model.config().vocabSize();
        chooser = new TokenChooser(model.kernels(), vocabSize);
        logSoftmax = new LogSoftmax(model.kernels(), vocabSize);
        TokenList tokens = new TokenList(request.history());
        for (int token : prompt) {
            tokens.add(token);
        }
        promptEnd = tokens.size();
        live.add(new Live(tokens, 0, Processors.sessions(options)));
        states = new MambaState[beamOptions.beams()];
        nextStates = new MambaState[beamOptions.beams()];
        states[0] = model.newState();
        request.state().ifPresent(states[0]::copyFrom);
        feed(prompt);
    }

    private void feed(int[] prompt) {
        int chunk = model.options().maxRowsPerPass();
        for (int from = 0; from < prompt.length; from += chunk) {
            int to = Math.min(prompt.length, from + chunk);
            batch.clear();
            batch.add(states[0], prompt, from, to, to == prompt.length ? LogitsFor.LAST : LogitsFor.NONE);
            model.forward(batch);
        }
    }

    /** Searches; the best text comes first. */
    List<Beam> run(Function<int[], String> text) {
        int length = 0;
        boolean interrupted = false;
        while (length < options.maxNewTokens() && !live.isEmpty() && !interrupted) {
            length++;
            List<Step> steps = steps();
            if (steps.isEmpty() && complete.isEmpty()) {
                throw new IllegalStateException("every token is forbidden");
            }
            choose(steps, length);
            if (isDone(steps, length)) {
                live = List.of();
            } else if (length < options.maxNewTokens() && !live.isEmpty()) {
                forward();
            }
            interrupted = Thread.currentThread().isInterrupted();
        }
        for (Live rest : live) {
            finish(rest.tokens(), rest.logprob(), interrupted ? FinishReason.CANCELLED : FinishReason.LENGTH);
        }
        return complete.stream().map(c -> new Beam(c.generated(), text.apply(c.generated()), c.logprob(), c.score(),
                c.reason())).toList();
    }

    /** The best continuations of all live texts, best first. */
    private List<Step> steps() {
        int wanted = 2 * beamOptions.beams();
        List<Step> steps = new ArrayList<>();
        float[] logprobs = chooser.context().logits();
        for (int i = 0; i < live.size(); i++) {
            Live beam = live.get(i);
            int offset = batch.logitsOffset(i, 0);
            float logSum = (float) logSoftmax.logSum(batch.logits(), offset);
            for (int id = 0; id < logprobs.length; id++) {
                logprobs[id] = batch.logits()[offset + id] - logSum;
            }
            int tokensLeft = options.maxNewTokens() - (beam.tokens().size() - promptEnd);
            chooser.context().show(beam.tokens(), promptEnd, eosTokenIds, tokensLeft);
            beam.processors().forEach(p -> p.process(chooser.context()));
            for (int id : TopTokens.of(logprobs, 0, logprobs.length, wanted)) {
                steps.add(new Step(i, id, beam.logprob() + logprobs[id]));
            }
        }
        // Stable: ties stay in the order of beams, then of ids.
        steps.sort(Comparator.comparingDouble(Step::logprob).reversed());
        return steps.size() > wanted ? steps.subList(0, wanted) : steps;
    }

    /** Completes texts, and makes the best others the next live ones, with copies of their parents' states. */
    private void choose(List<Step> steps, int length) {
        List<Live> next = new ArrayList<>();
        for (int rank = 0; rank < steps.size() && next.size() < beamOptions.beams(); rank++) {
            Step step = steps.get(rank);
            Live parent = live.get(step.parent());
            TokenList tokens = new TokenList(parent.tokens().toArray(0, parent.tokens().size()));
            tokens.add(step.token());
            if (eosTokenIds.contains(step.token())) {
                if (rank < beamOptions.beams()) {
                    finish(tokens, step.logprob(), FinishReason.EOS);
                }
                continue;
            }
            List<LogitsProcessor> processors = replay(tokens);
            if (processors.stream().anyMatch(LogitsProcessor::isComplete)) {
                finish(tokens, step.logprob(), FinishReason.CONSTRAINT);
                continue;
            }
            int place = next.size();
            if (nextStates[place] == null) {
                nextStates[place] = model.newState();
            }
            nextStates[place].copyFrom(states[step.parent()]);
            next.add(new Live(tokens, step.logprob(), processors));
        }
        live = next;
        MambaState[] old = states;
        states = nextStates;
        nextStates = old;
    }

    /** New sessions of the processors that have been told all generated tokens: a fork for those that keep a memory. */
    private List<LogitsProcessor> replay(TokenList tokens) {
        List<LogitsProcessor> sessions = Processors.sessions(options);
        for (int i = promptEnd; i < tokens.size(); i++) {
            int token = tokens.get(i);
            sessions.forEach(session -> session.accept(token));
        }
        return sessions;
    }

    private void forward() {
        batch.clear();
        for (int i = 0; i < live.size(); i++) {
            batch.add(states[i], live.get(i).tokens().last(), LogitsFor.LAST);
        }
        model.forward(batch);
    }

    private void finish(TokenList tokens, double logprob, FinishReason reason) {
        int length = tokens.size() - promptEnd;
        complete.add(new Complete(tokens.toArray(promptEnd, tokens.size()), logprob, score(logprob, length), reason));
        complete.sort(BEST_FIRST);
        if (complete.size() > beamOptions.beams()) {
            complete.removeLast();
        }
    }

    private double score(double logprob, int length) {
        return logprob / StrictMath.pow(length, beamOptions.lengthPenalty());
    }

    private boolean isDone(List<Step> steps, int length) {
        if (complete.size() < beamOptions.beams()) {
            return false;
        }
        return beamOptions.earlyStopping() || steps.isEmpty()
                || complete.getLast().score() >= score(steps.getFirst().logprob(), length);
    }
}
