package io.github.mamba4j.weights;

import java.io.IOException;

/**
 * A checkpoint that cannot be used: a file is damaged, hostile or missing, or holds a model of another kind. The message
 * is one line that names the file, and the tensor or setting in it, with what was expected and what was found.
 */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_LENGTH = 1000;

    /**
     * An error found by looking at the content.
     *
     * @param message one line, beginning with the file
     */
    public CheckpointException(String message) {
        super(oneLine(message));
    }

    /**
     * An error that another one tells more about.
     *
     * @param message one line, beginning with the file
     * @param cause the error below
     */
    public CheckpointException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /**
     * Cleans a text for a terminal or a log.
     *
     * @param message any text
     * @return one line without control characters, cut if it is long
     */
    public static String oneLine(String message) {
        // Cut before it is cleaned: what a file holds may be as long as the file.
        boolean isLong = message.length() > MAX_LENGTH;
        String line = isLong ? message.substring(0, MAX_LENGTH) + "..." : message;
        return line.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    }
}
