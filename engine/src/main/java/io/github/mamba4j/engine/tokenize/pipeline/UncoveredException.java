package io.github.mamba4j.engine.tokenize.pipeline;

/** A tokenizer has a part that is not done in Java. */
public final class UncoveredException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param message which part
     */
    public UncoveredException(String message) {
        super(message);
    }
}
