package io.github.mamba4j.engine.tokenize;

import java.util.Locale;

/**
 * Which code turns texts into tokens. The system property {@code mamba4j.tokenizer} ({@code auto}, {@code java} or
 * {@code hf}) says it where nothing else does.
 */
public enum TokenizerChoice {
    /** Java where every part of the tokenizer is known there, else Hugging Face's native library. */
    AUTO,
    /** Java; what is not known there is refused. No native code is loaded and nothing written. */
    JAVA,
    /** Hugging Face's native library; what could end the process is refused. */
    HF;

    /** The system property. */
    public static final String PROPERTY = "mamba4j.tokenizer";

    /**
     * What the system property says.
     *
     * @return the choice; {@link #AUTO} if it is not set
     * @throws IllegalArgumentException if it has another value
     */
    public static TokenizerChoice fromProperty() {
        String value = System.getProperty(PROPERTY, "auto");
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "auto" -> AUTO;
            case "java" -> JAVA;
            case "hf" -> HF;
            default -> throw new IllegalArgumentException(
                    PROPERTY + ": expected auto, java or hf, found '" + value + "'");
        };
    }
}
