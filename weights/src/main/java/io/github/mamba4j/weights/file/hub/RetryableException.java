package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A failure that may be over soon: the connection was cut, or the server is busy. */
final class RetryableException extends IOException {
    private static final long serialVersionUID = 1L;

    /** How long the server asks to wait; null if it does not say. */
    private final Duration retryAfter;

    RetryableException(String message, Throwable cause) {
        super(HubException.oneLine(message), cause);
        retryAfter = null;
    }

    RetryableException(String message) {
        this(message, (Duration) null);
    }

    RetryableException(String message, Duration retryAfter) {
        super(HubException.oneLine(message));
        this.retryAfter = retryAfter;
    }

    Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
