package io.github.mamba4j.engine.tokenize.pattern;

/** A pattern uses something that the matcher does not know. */
public final class UnsupportedPatternException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message what is not supported
     */
    public UnsupportedPatternException(String message) {
        super(message);
    }
}
