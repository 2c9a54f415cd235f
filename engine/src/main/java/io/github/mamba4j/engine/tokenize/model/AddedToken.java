package io.github.mamba4j.engine.tokenize.model;

/**
 * A token that is looked for in a text before the text is cut into words.
 *
 * @param id its id
 * @param content its text
 * @param singleWord whether it only counts where no word goes on to its left or right
 * @param lstrip whether it takes the spaces before it
 * @param rstrip whether it takes the spaces after it
 * @param normalized whether it is looked for in the normalised text, in its normalised form
 * @param special whether it steers the model and is not text
 */
public record AddedToken(int id, String content, boolean singleWord, boolean lstrip, boolean rstrip, boolean normalized,
        boolean special) {
    /**
     * The same token with another id.
     *
     * @param newId the id
     * @return the token
     */
    public AddedToken withId(int newId) {
        return new AddedToken(newId, content, singleWord, lstrip, rstrip, normalized, special);
    }
}
