package io.github.mamba4j.engine.tokenize.model;

/** How words become tokens. Immutable and thread-safe. */
public sealed interface TokenModel permits BpeModel, UnigramModel, WordLevelModel {
    /**
     * The tokens and their ids.
     *
     * @return the vocabulary
     */
    Vocabulary vocabulary();

    /**
     * An encoder with memory of its own.
     *
     * @return the encoder, for one thread at a time
     */
    WordEncoder encoder();

    /**
     * A character before which words may be cut without changing a token, unless it comes twice.
     *
     * @return the character; 0 if there is none
     */
    default char safeCut() {
        return 0;
    }
}
