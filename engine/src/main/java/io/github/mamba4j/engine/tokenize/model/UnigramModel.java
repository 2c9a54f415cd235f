package io.github.mamba4j.engine.tokenize.model;

import java.util.Arrays;

/**
 * A unigram model: every piece has a score, and a word becomes the pieces with the largest sum (Kudo 2018). As Hugging
 * Face's tokenizers do it: a character without a piece of its own scores 10 less than the worst piece, neighbouring unknown
 * characters become one, and of equal sums the first found wins.
 */
public final class UnigramModel implements TokenModel {
    static final double UNKNOWN_PENALTY = 10;

    private final Vocabulary vocabulary;
    private final double[] scores;
    private final double unknownScore;
    private final int unknown;
    private final int[] byteTokens;
    private final CharTrie trie = new CharTrie();

    /**
     * Makes a model.
     *
     * @param vocabulary the pieces; the id of a piece is its place
     * @param scores by id
     * @param unknown the id of the unknown piece
     * @param byteFallback whether the pieces of an unknown text's bytes come before the unknown piece
     * @throws IllegalArgumentException if there is no unknown piece
     */
    public UnigramModel(Vocabulary vocabulary, double[] scores, int unknown, boolean byteFallback) {
        if (unknown < 0 || unknown >= scores.length) {
            throw new IllegalArgumentException(
                    "expected an unk_id from 0 to " + (scores.length - 1) + ", found "
                            + (unknown < 0 ? "none" : unknown));
        }
        this.vocabulary = vocabulary;
        this.scores = scores.clone();
        this.unknown = unknown;
        unknownScore = Arrays.stream(scores).min().orElseThrow() - UNKNOWN_PENALTY;
        byteTokens = byteFallback ? BpeModel.byteTokens(vocabulary) : null;
        for (int i = 0; i < vocabulary.size(); i++) {
            int length = vocabulary.lengthAt(i);
            if (length > 0) {
                int node = 0;
                for (int k = 0; k < length; k++) {
                    node = trie.child(node, vocabulary.charAt(i, k));
                }
                trie.setValue(node, vocabulary.idAt(i));
            }
        }
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public WordEncoder encoder() {
        return new UnigramEncoder(this);
    }

    CharTrie trie() {
        return trie;
    }

    double score(int id) {
        return scores[id];
    }

    double unknownScore() {
        return unknownScore;
    }

    int unknown() {
        return unknown;
    }

    int[] byteTokens() {
        return byteTokens;
    }
}
