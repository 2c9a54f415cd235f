package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/** Tells all threads of a download to end soon. Thread-safe. */
final class Stop {
    private static final long TICK_MILLIS = 50;

    private volatile boolean set;

    void set() {
        set = true;
    }

    /**
     * Goes on, unless the work is to end.
     *
     * @throws CancellationException if it is
     */
    void check() {
        if (set) {
            throw new CancellationException("the download was stopped");
        }
    }

    /**
     * Waits.
     *
     * @throws InterruptedIOException if the thread was interrupted
     */
    void sleep(Duration time) throws IOException {
        long end = System.nanoTime() + time.toNanos();
        long left = time.toNanos();
        while (left > 0) {
            check();
            try {
                Thread.sleep(Duration.ofNanos(Math.min(left, TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS))));
            } catch (InterruptedException e) {
                throw interrupted();
            }
            left = end - System.nanoTime();
        }
        check();
    }

    InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("the download was interrupted");
    }
}
