package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.MambaModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Generates many texts at once, by continuous batching: every pass of the model feeds one token of each text that is
 * being generated, and what room is left takes parts of prompts. Who is finished leaves after a pass, who waits joins.
 *
 * <p>There is no thread of its own. A caller that waits for something runs passes until it is there, for all sequences
 * that need one; the other callers sleep meanwhile, and one of them takes over when the first is served. So calls from
 * several threads share their passes.
 *
 * <p>Thread-safe. {@link #lock} guards the lists, what readers see of a sequence, and who leads; the leader alone, without
 * the lock, works on the sequences themselves.
 */
final class Scheduler {
    /** A reader of a stream that is so many chunks behind is not worked for. */
    private static final int MAX_UNREAD = 64;

    private final MambaModel model;
    private final int maxSequences;
    private final int maxRows;
    private final Optional<PrefixCache> cache;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final ArrayDeque<Sequence> waiting = new ArrayDeque<>();
    private final List<Sequence> active = new ArrayList<>();
    /** Who runs the passes at present, or null. */
    private Thread leader;

    /** The leader's. */
    private final Batch batch = new Batch();
    private final List<Sequence> ready = new ArrayList<>();
    private final List<Sequence> fedNow = new ArrayList<>();
    private final Sampler sampler;
    private final LogSoftmax logSoftmax;

    Scheduler(MambaModel model, int maxSequences, int maxRows, Optional<PrefixCache> cache) {
        this.model = model;
        this.cache = cache;
        this.maxSequences = maxSequences;
        this.maxRows = maxRows;
        int vocabSize = model.config().vocabSize();
        sampler = new Sampler(model.kernels(), vocabSize);
        logSoftmax = new LogSoftmax(model.kernels(), vocabSize);
    }

    void submit(Sequence sequence) {
        lock.lock();
        try {
            waiting.add(sequence);
        } finally {
            lock.unlock();
        }
    }

    /** The next chunk of a stream, or null if it has ended. */
    TextChunk poll(Sequence sequence) {
        lock.lock();
        try {
            return sequence.chunks().poll();
        } finally {
            lock.unlock();
        }
    }

    /** Ends a sequence: at once, or after the pass that is running. */
    void cancel(Sequence sequence) {
        lock.lock();
        try {
            sequence.cancel();
            if (!sequence.isFinished() && (waiting.remove(sequence) || leader == null && active.remove(sequence))) {
                sequence.settle();
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sees to it that passes are run until something holds.
     *
     * @param done asked under the lock
     * @return false if the thread was interrupted before; the interrupt is cleared
     * @throws IllegalStateException if the thread runs a pass: it would wait for itself
     */
    boolean runUntil(BooleanSupplier done) {
        lock.lock();
        try {
            while (!done.getAsBoolean()) {
                if (leader == Thread.currentThread()) {
                    throw new IllegalStateException("a processor cannot use the generator that it works for");
                }
                if (Thread.interrupted()) {
                    return false;
                }
                if (leader != null) {
                    news.await();
                } else {
                    lead(done);
                }
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void lead(BooleanSupplier done) {
        leader = Thread.currentThread();
        try {
            while (!done.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
                selectReady();
                lock.unlock();
                try {
                    pass();
                } finally {
                    lock.lock();
                    settle();
                }
            }
        } finally {
            leader = null;
            // Somebody else has to go on.
            news.signalAll();
        }
    }

    /** Chooses whom to work for: all but those whose readers are behind, with new ones in the places that are free. */
    private void selectReady() {
        ready.clear();
        for (Sequence sequence : active) {
            if (ready.size() < maxSequences && sequence.chunks().size() < MAX_UNREAD) {
                ready.add(sequence);
            }
        }
        while (ready.size() < maxSequences && !waiting.isEmpty()) {
            Sequence sequence = waiting.poll();
            active.add(sequence);
            ready.add(sequence);
        }
    }

    /** One pass of the model. What goes wrong with one sequence ends that one only. */
    private void pass() {
        fillBatch();
        if (fedNow.isEmpty()) {
            return;
        }
        try {
            model.forward(batch);
        } catch (RuntimeException | Error e) {
            fedNow.forEach(sequence -> sequence.fail(e));
            return;
        }
        for (int segment = 0; segment < fedNow.size(); segment++) {
            advance(fedNow.get(segment), segment);
        }
    }

    private void fillBatch() {
        int room = maxRows;
        for (Sequence sequence : ready) {
            if (!sequence.hasBegun()) {
                begin(sequence);
            }
            if (sequence.waitingRows() == 1) {
                room -= feed(sequence, 1);
            }
        }
        // Prompts must get on, even where decoding takes all of the room.
        room = Math.max(1, room);
        for (Sequence sequence : ready) {
            if (sequence.waitingRows() > 1 && room > 0) {
                room -= feed(sequence, room);
            }
        }
    }

    private void begin(Sequence sequence) {
        try {
            sequence.begin(model, cache);
        } catch (RuntimeException | Error e) {
            sequence.fail(e);
        }
    }

    private int feed(Sequence sequence, int room) {
        fedNow.add(sequence);
        return sequence.feed(batch, room);
    }

    private void advance(Sequence sequence, int segment) {
        try {
            boolean chooses = sequence.wantsLogits();
            sequence.advance(cache);
            if (chooses) {
                sequence.choose(sampler, logSoftmax, batch.logits(), batch.logitsOffset(segment, 0));
            }
        } catch (Throwable e) {
            // Also checked exceptions, which processors in other languages throw: those who come next must not miss a
            // token that their states have consumed.
            sequence.fail(e);
        }
    }

    /** Under the lock again: shows what happened, and lets those go that are finished. */
    private void settle() {
        boolean anything = false;
        for (Sequence sequence : active) {
            anything |= sequence.settle();
        }
        active.removeIf(Sequence::isFinished);
        anything |= waiting.removeIf(sequence -> sequence.isLate() && sequence.settle());
        ready.clear();
        fedNow.clear();
        batch.clear();
        if (anything) {
            news.signalAll();
        }
    }
}
