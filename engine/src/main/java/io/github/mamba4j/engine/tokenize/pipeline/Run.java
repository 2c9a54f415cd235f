package io.github.mamba4j.engine.tokenize.pipeline;

/** What the parts of a tokenizer have to know of the text that is being encoded. */
final class Run {
    private static final int MAX_GROWTH = 32;
    private static final int ALWAYS_ALLOWED = 1 << 12;

    private boolean continued;
    private boolean tracks;
    private int textLength;

    void begin(int length, boolean isContinued, boolean tracksOrigin) {
        textLength = length;
        continued = isContinued;
        tracks = tracksOrigin;
    }

    /** Whether the text goes on from another, so that nothing may be put before it. */
    boolean isContinued() {
        return continued;
    }

    /** Whether it has to be known where characters come from. */
    boolean tracksOrigin() {
        return tracks;
    }

    int textLength() {
        return textLength;
    }

    /** How long a text may become: no form of Unicode makes it more than 18 times as long. */
    int maxLength() {
        return (int) Math.min((long) MAX_GROWTH * textLength + ALWAYS_ALLOWED, Integer.MAX_VALUE - 16);
    }
}
