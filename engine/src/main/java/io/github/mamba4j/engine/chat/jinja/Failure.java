package io.github.mamba4j.engine.chat.jinja;

/** Something went wrong while a template runs; whoever runs it knows the line. */
final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean refusal;

    Failure(String message) {
        this(message, false);
    }

    Failure(String message, boolean refusal) {
        // Without a stack trace, which a template could have made a million times.
        super(message, null, false, false);
        this.refusal = refusal;
    }

    boolean isRefusal() {
        return refusal;
    }
}
