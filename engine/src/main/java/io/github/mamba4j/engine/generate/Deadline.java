package io.github.mamba4j.engine.generate;

import java.time.Duration;
import java.util.Optional;

/**
 * When the time that a caller allows is over, counted from when this was made. Immutable.
 *
 * @param atNanos by {@link System#nanoTime}
 */
record Deadline(long atNanos) {
    /** Half of the range of the clock, of which differences alone mean anything: some 146 years. */
    private static final long NEVER = Long.MAX_VALUE / 2;

    static Deadline after(Optional<Duration> timeout) {
        return new Deadline(System.nanoTime() + timeout.map(Deadline::saturatedNanos).orElse(NEVER));
    }

    private static long saturatedNanos(Duration time) {
        return time.getSeconds() > Integer.MAX_VALUE ? NEVER : time.toNanos();
    }

    boolean isOver() {
        return System.nanoTime() - atNanos > 0;
    }

    /** What is left of the time; when it is over, the shortest that options take. */
    Duration left() {
        return Duration.ofNanos(Math.max(1, atNanos - System.nanoTime()));
    }
}
