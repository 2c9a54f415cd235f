package io.github.mamba4j.weights.file.hub;

import java.io.IOException;

/**
 * A model that is not in the cache or cannot be fetched. The message is one line that names the model or the file, with
 * what was expected and what was found. It never holds the token.
 */
public final class HubException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_LENGTH = 1000;

    /**
     * An error of its own.
     *
     * @param message one line
     */
    public HubException(String message) {
        super(oneLine(message));
    }

    /**
     * An error that another one tells more about.
     *
     * @param message one line
     * @param cause the error below
     */
    public HubException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** Servers write parts of messages: they must not break lines or colour a terminal. */
    static String oneLine(String message) {
        String line = message.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
        return line.length() > MAX_LENGTH ? line.substring(0, MAX_LENGTH) + "..." : line;
    }
}
