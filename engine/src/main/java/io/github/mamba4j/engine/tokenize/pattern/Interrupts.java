package io.github.mamba4j.engine.tokenize.pattern;

import java.util.concurrent.CancellationException;

/** Ends long work on a text when its thread is interrupted. */
public final class Interrupts {
    private Interrupts() {}

    /**
     * Looks whether the thread is interrupted; its mark stays.
     *
     * @throws CancellationException if it is
     */
    public static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("the thread was interrupted while it turned a text into tokens");
        }
    }
}
