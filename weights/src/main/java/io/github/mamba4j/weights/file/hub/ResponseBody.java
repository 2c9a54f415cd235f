package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The body of an answer, piece by piece. Unlike a stream it can be waited for with a limit: a server that falls silent
 * must not hold a download for ever. One thread reads.
 */
final class ResponseBody implements HttpResponse.BodySubscriber<ResponseBody>, AutoCloseable {
    /** How often a reader looks whether it is to stop. */
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** Only one event is asked for at a time, so the queue holds two at most. */
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
    private final Queue<ByteBuffer> pieces = new ArrayDeque<>();
    private boolean ended;

    private record Event(List<ByteBuffer> pieces, Throwable failure) {}

    @Override
    public CompletionStage<ResponseBody> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Subscription given) {
        if (!subscription.complete(given)) {
            given.cancel();
            return;
        }
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        events.add(new Event(item, null));
    }

    @Override
    public void onError(Throwable failure) {
        events.add(new Event(List.of(), failure));
    }

    @Override
    public void onComplete() {
        events.add(new Event(null, null));
    }

    /**
     * Waits for the next piece.
     *
     * @param stall how long to wait for it
     * @param stop asked again and again while waiting
     * @return the piece, not empty; null at the end
     * @throws RetryableException if the connection was cut or nothing comes
     */
    ByteBuffer next(Duration stall, Stop stop) throws IOException {
        while (true) {
            stop.check();
            ByteBuffer piece = pieces.poll();
            if (piece != null) {
                if (piece.hasRemaining()) {
                    return piece;
                }
                continue;
            }
            if (ended) {
                return null;
            }
            take(stall, stop);
        }
    }

    private void take(Duration stall, Stop stop) throws IOException {
        long start = System.nanoTime();
        Event event = poll(stop);
        while (event == null) {
            if (System.nanoTime() - start > stall.toNanos()) {
                throw new RetryableException("the server sent nothing for " + stall.toMillis() / 1000.0 + " s");
            }
            event = poll(stop);
        }
        if (event.failure() != null) {
            throw new RetryableException("the connection was cut (" + event.failure().getMessage() + ")",
                    event.failure());
        }
        if (event.pieces() == null) {
            ended = true;
        } else {
            pieces.addAll(event.pieces());
            subscription.join().request(1);
        }
    }

    private Event poll(Stop stop) throws IOException {
        stop.check();
        try {
            return events.poll(TICK_NANOS, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw stop.interrupted();
        }
    }

    /** Ends the transfer, if it is not over. */
    @Override
    public void close() {
        subscription.thenAccept(Subscription::cancel);
    }
}
