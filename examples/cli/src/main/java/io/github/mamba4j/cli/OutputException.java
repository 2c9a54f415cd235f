package io.github.mamba4j.cli;

import java.io.IOException;
import java.io.Serial;
import java.util.Locale;

/** Standard output takes no more. Unchecked, so that it passes through the library's callbacks. */
final class OutputException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * Wraps what writing has thrown.
     *
     * @param cause the reason
     */
    OutputException(IOException cause) {
        super("cannot write to standard output: " + cause.getMessage(), cause);
    }

    /**
     * Whether the reader has closed its end, as {@code head} does when it has seen enough. That is no failure.
     *
     * @return true for a closed pipe, false for instance for a full disk
     */
    boolean isClosedPipe() {
        // The JDK has no class of its own for EPIPE (or ERROR_NO_DATA): the system's text is all there is.
        return String.valueOf(getCause().getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }
}
