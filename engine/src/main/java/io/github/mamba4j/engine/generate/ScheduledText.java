package io.github.mamba4j.engine.generate;

import java.util.function.BooleanSupplier;

/** A text that is generated token by token, in passes that it shares with others. */
final class ScheduledText implements TextSource {
    private final Scheduler scheduler;
    private final Sequence sequence;

    ScheduledText(Scheduler scheduler, Sequence sequence) {
        this.scheduler = scheduler;
        this.sequence = sequence;
        scheduler.submit(sequence);
    }

    @Override
    public TextChunk next() {
        run(() -> !sequence.chunks().isEmpty() || sequence.isFinished());
        return scheduler.poll(sequence);
    }

    private void run(BooleanSupplier done) {
        boolean interrupted = false;
        while (!scheduler.runUntil(done)) {
            interrupted = true;
            scheduler.cancel(sequence);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public GenerationResult result() {
        run(sequence::isFinished);
        return sequence.result();
    }

    @Override
    public void cancel() {
        scheduler.cancel(sequence);
    }
}
