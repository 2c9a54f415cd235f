package io.github.mamba4j.engine.generate;

import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Publishes a text by the rules of reactive streams: each subscriber gets a generation of its own, on a thread of its
 * own, as fast as it asks for chunks.
 */
final class TextPublisher implements Flow.Publisher<TextChunk> {
    private final Supplier<GenerationStream> streams;

    TextPublisher(Supplier<GenerationStream> streams) {
        this.streams = streams;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super TextChunk> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        Thread.ofPlatform().daemon().name("mamba4j-publisher").start(new Delivery(subscriber));
    }

    /** One subscription. */
    private final class Delivery implements Flow.Subscription, Runnable {
        private final Flow.Subscriber<? super TextChunk> subscriber;
        /** The chunks asked for and not delivered. */
        private final Semaphore demand = new Semaphore(0);
        private volatile boolean cancelled;
        private volatile Throwable badRequest;
        private volatile GenerationStream stream;

        Delivery(Flow.Subscriber<? super TextChunk> subscriber) {
            this.subscriber = subscriber;
        }

        @Override
        public void run() {
            subscriber.onSubscribe(this);
            Throwable problem = deliver();
            if (cancelled) {
                return;
            }
            if (problem == null) {
                subscriber.onComplete();
            } else {
                subscriber.onError(problem);
            }
        }

        /** Delivers chunks until there are no more or none are wanted; returns what went wrong, or null. */
        private Throwable deliver() {
            try (GenerationStream text = streams.get()) {
                stream = text;
                // One chunk ahead of the demand, because an end has to be told without any.
                while (!cancelled && text.hasNext() && awaitDemand()) {
                    subscriber.onNext(text.next());
                }
                if (badRequest == null && !cancelled) {
                    text.result();
                }
                return badRequest;
            } catch (RuntimeException | Error e) {
                return e;
            }
        }

        /** Waits until a chunk is wanted; false if none will be. */
        private boolean awaitDemand() {
            demand.acquireUninterruptibly();
            return !cancelled && badRequest == null;
        }

        @Override
        public void request(long n) {
            if (n <= 0) {
                badRequest = new IllegalArgumentException("request: expected a positive number, found " + n);
                demand.release();
                return;
            }
            int room = Integer.MAX_VALUE / 2 - demand.availablePermits();
            demand.release((int) Math.max(0, Math.min(n, room)));
        }

        @Override
        public void cancel() {
            cancelled = true;
            demand.release();
            GenerationStream text = stream;
            if (text != null) {
                text.cancel();
            }
        }
    }
}
