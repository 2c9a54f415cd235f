package io.github.mamba4j.engine;

import java.io.IOException;

/** What was read is not a saved state that the model can go on from. The message says where and why. */
public final class StateFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what was expected, and what was found
     */
    public StateFormatException(String message) {
        super(message);
    }

    /**
     * Makes the exception.
     *
     * @param message what was expected, and what was found
     * @param cause the error below
     */
    public StateFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
