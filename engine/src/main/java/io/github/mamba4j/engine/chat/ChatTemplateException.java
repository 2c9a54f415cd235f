package io.github.mamba4j.engine.chat;

/** A chat template that cannot be used, or that refuses the messages it is given. The message says why. */
public final class ChatTemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     */
    public ChatTemplateException(String message) {
        super(message);
    }

    /**
     * Makes the exception.
     *
     * @param message what is wrong
     * @param cause where it came from
     */
    public ChatTemplateException(String message, Throwable cause) {
        super(message, cause);
    }
}
