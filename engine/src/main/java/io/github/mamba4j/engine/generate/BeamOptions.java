package io.github.mamba4j.engine.generate;

/**
 * How beam search goes. The score of a text is its log-probability divided by its number of tokens, the end-of-text token
 * included, to the power of {@code lengthPenalty}.
 *
 * @param beams how many texts are followed at once, 1 to {@value #MAX_BEAMS}
 * @param lengthPenalty above 0 prefers longer texts, below 0 shorter ones; 1 is the mean over the tokens
 * @param earlyStopping whether the search ends as soon as there are as many complete texts as beams; otherwise it ends
 *     when no text that is followed has, at its present length, a better score than the worst of them
 */
public record BeamOptions(int beams, double lengthPenalty, boolean earlyStopping) {
    /** The most beams. */
    public static final int MAX_BEAMS = 256;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is outside its bounds
     */
    public BeamOptions {
        if (beams < 1 || beams > MAX_BEAMS) {
            throw new IllegalArgumentException("numBeams: expected 1 to " + MAX_BEAMS + ", found " + beams);
        }
        if (!(Math.abs(lengthPenalty) <= MAX_BEAMS)) {
            throw new IllegalArgumentException(
                    "lengthPenalty: expected a number from -256 to 256, found " + lengthPenalty);
        }
    }

    /**
     * So many beams, the mean log-probability as score, no early stopping.
     *
     * @param beams how many texts are followed at once
     * @return the options
     */
    public static BeamOptions of(int beams) {
        return new BeamOptions(beams, 1, false);
    }
}
