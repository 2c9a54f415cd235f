package io.github.mamba4j.engine.generate;

import java.util.Locale;

/** Why a generated text ends. */
public enum FinishReason {
    /** The wanted number of tokens is reached, or the most that the model takes of a sequence. */
    LENGTH,
    /** The model chose an end-of-text token. It is the last of the token ids, and not part of the text. */
    EOS,
    /** A stop string appeared. The text ends before it; the token ids include its tokens. */
    STOP,
    /** A constraint says that the text is complete. */
    CONSTRAINT,
    /** The time allowed by the options is over. */
    TIMEOUT,
    /** The caller cancelled. */
    CANCELLED;

    /**
     * The name used in JSON.
     *
     * @return the constant's name in lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
