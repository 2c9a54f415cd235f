package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Repeats what may succeed later, a bounded number of times, with pauses that grow or that the server asks for. */
final class Retry {
    /** So many bytes make an attempt a success, after which as many attempts are free as at the start. */
    private static final long PROGRESS = 1 << 20;

    private final HubOptions.Timing timing;
    private final Stop stop;

    Retry(HubOptions.Timing timing, Stop stop) {
        this.timing = timing;
        this.stop = stop;
    }

    /** Work that may be repeated. */
    interface Attempt<T> {
        T run() throws IOException;
    }

    <T> T run(Attempt<T> attempt) throws IOException {
        return run(() -> 0, attempt);
    }

    /**
     * Tries until it succeeds.
     *
     * @param done how many bytes are there; a connection that is cut again and again may still end well
     * @param attempt the work
     * @throws HubException if the attempts are used up, the server asks to wait too long, or it is hopeless
     */
    <T> T run(LongSupplier done, Attempt<T> attempt) throws IOException {
        long best = done.getAsLong();
        Duration pause = timing.retryDelay();
        for (int failures = 1;; failures++) {
            RetryableException failure;
            try {
                return attempt.run();
            } catch (RetryableException e) {
                failure = e;
            }
            if (done.getAsLong() >= best + PROGRESS) {
                best = done.getAsLong();
                failures = 1;
                pause = timing.retryDelay();
            }
            if (failures >= timing.attempts()) {
                throw new HubException(failure.getMessage() + "; gave up after " + failures + " attempts", failure);
            }
            Duration wait = failure.retryAfter().orElse(pause);
            if (wait.compareTo(timing.maxRetryAfter()) > 0) {
                throw new HubException(failure.getMessage() + "; it asks to wait for " + wait.toSeconds() + " s",
                        failure);
            }
            stop.sleep(wait);
            pause = pause.multipliedBy(2);
        }
    }
}
