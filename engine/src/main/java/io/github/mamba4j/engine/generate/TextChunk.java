package io.github.mamba4j.engine.generate;

import java.util.Optional;

/**
 * One step of a text that is being generated. There is one for every token, and all their texts together are the text of
 * the result.
 *
 * @param tokenId the token; {@value #NO_TOKEN} in a last chunk that only has text that was held back when time was up
 * @param text the text that is certain now: often a word, often empty, never half a character or a part of a stop string
 * @param logprob how likely the token was, if the options ask for it
 */
public record TextChunk(int tokenId, String text, Optional<TokenLogprob> logprob) {
    /** The token id of a chunk without a token. */
    public static final int NO_TOKEN = -1;
}
