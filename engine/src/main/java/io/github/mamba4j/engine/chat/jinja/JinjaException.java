package io.github.mamba4j.engine.chat.jinja;

/** A template that cannot be parsed or run. The message says why and, where that is known, in which line and construct. */
public final class JinjaException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean refusal;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param refusal whether the template itself refuses what it was given
     */
    JinjaException(String message, boolean refusal) {
        super(message);
        this.refusal = refusal;
    }

    /**
     * Whether the template itself refuses what it was given, by {@code raise_exception}; the message is its own then.
     *
     * @return false if the template is at fault
     */
    public boolean isRefusal() {
        return refusal;
    }
}
