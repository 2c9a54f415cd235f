package io.github.mamba4j.engine;

/** For which tokens of a segment the logits are computed. Multiplying by the vocabulary is dear: ask for what is used. */
public enum LogitsFor {
    /** For none: the tokens only move the state on. */
    NONE,
    /** For the segment's last token: what predicts the token after it. */
    LAST,
    /** For every token of the segment, as scoring needs it. */
    ALL;

    /** How many rows of logits a segment of so many tokens gets. */
    int rows(int tokens) {
        return switch (this) {
            case NONE -> 0;
            case LAST -> 1;
            case ALL -> tokens;
        };
    }
}
