package io.github.mamba4j.engine.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** One call that generates many texts: hands them to the scheduler and collects the outcomes as they come. */
final class BatchRun {
    /** Makes the sequence of a request; what is wrong with the request is thrown. */
    interface Source {
        Sequence sequence(int index, Runnable onFinish);
    }

    /** Makes what stands for a request that has its passes for itself; empty for others. */
    interface Apart {
        Optional<? extends TextSource> text(int index);
    }

    private final Scheduler scheduler;
    private final Consumer<GenerationOutcome> listener;
    private final List<GenerationOutcome> outcomes = new ArrayList<>();
    /** By index; null when finished, so that a state that is not kept can go. */
    private final List<Sequence> running = new ArrayList<>();
    /** Those that come one after another when all others are there. */
    private final Map<Integer, TextSource> alone = new TreeMap<>();
    private final Queue<Integer> finished = new ConcurrentLinkedQueue<>();
    private int open;

    BatchRun(Scheduler scheduler, int size, Consumer<GenerationOutcome> listener) {
        this.scheduler = scheduler;
        this.listener = listener;
        for (int i = 0; i < size; i++) {
            outcomes.add(null);
            running.add(null);
        }
    }

    List<GenerationOutcome> run(Source source, Apart apart) {
        boolean interrupted = false;
        try {
            submit(source, apart);
            while (open > 0) {
                if (scheduler.runUntil(() -> !finished.isEmpty())) {
                    collect(finished.remove());
                } else {
                    interrupted = true;
                    cancelAll();
                }
            }
            for (Map.Entry<Integer, TextSource> text : alone.entrySet()) {
                // A thread that is interrupted ends them, too.
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
                report(outcome(text.getKey(), text.getValue()));
            }
        } finally {
            cancelAll();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return List.copyOf(outcomes);
    }

    private static GenerationOutcome outcome(int index, TextSource text) {
        try {
            return new GenerationOutcome(index, Optional.of(text.result()), Optional.empty());
        } catch (RuntimeException | Error e) {
            return GenerationOutcome.failed(index, e);
        }
    }

    private void submit(Source source, Apart apart) {
        for (int i = 0; i < outcomes.size(); i++) {
            int index = i;
            try {
                Optional<? extends TextSource> text = apart.text(i);
                if (text.isPresent()) {
                    alone.put(i, text.get());
                } else {
                    running.set(i, source.sequence(i, () -> finished.add(index)));
                    open++;
                }
            } catch (Throwable e) {
                report(GenerationOutcome.failed(i, e));
            }
        }
        running.stream().filter(Objects::nonNull).forEach(scheduler::submit);
    }

    private void collect(int index) {
        open--;
        Sequence sequence = running.set(index, null);
        report(GenerationOutcome.of(index, sequence));
    }

    private void report(GenerationOutcome outcome) {
        outcomes.set(outcome.index(), outcome);
        listener.accept(outcome);
    }

    private void cancelAll() {
        running.stream().filter(Objects::nonNull).forEach(scheduler::cancel);
    }
}
