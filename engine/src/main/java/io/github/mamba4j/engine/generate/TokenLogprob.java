package io.github.mamba4j.engine.generate;

import java.util.List;

/**
 * How likely the model itself finds a token, before penalties and limits.
 *
 * @param tokenId the token
 * @param logprob the natural logarithm of its probability
 * @param alternatives the most likely tokens at this place, in descending order, as many as were asked for; themselves
 *     without alternatives
 */
public record TokenLogprob(int tokenId, double logprob, List<TokenLogprob> alternatives) {
    /** Copies the list. */
    public TokenLogprob {
        alternatives = List.copyOf(alternatives);
    }
}
