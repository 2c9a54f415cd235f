package io.github.mamba4j.engine.tokenize.model;

/** A plain table: a word is its token, or the unknown one. */
public final class WordLevelModel implements TokenModel {
    private final Vocabulary vocabulary;
    private final int unknown;

    /**
     * Makes a model.
     *
     * @param vocabulary the tokens
     * @param unknownToken the token for every other word
     * @throws IllegalArgumentException if it is not in the vocabulary
     */
    public WordLevelModel(Vocabulary vocabulary, String unknownToken) {
        this.vocabulary = vocabulary;
        unknown = vocabulary.id(unknownToken);
        if (unknown < 0) {
            throw new IllegalArgumentException("the unknown token \"" + unknownToken + "\" is not in the vocabulary");
        }
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public WordEncoder encoder() {
        return (chars, from, to, into) -> {
            int id = vocabulary.id(chars, from, to);
            into.add(id < 0 ? unknown : id, 0, to - from);
        };
    }
}
