package io.github.mamba4j.engine.constrain;

import java.util.Arrays;

/** The tokens that can follow a configuration, one bit each. Immutable once it is handed out. */
final class TokenMask {

    private final long[] words;
    private boolean empty = true;
    private int mostBytesToEnd;

    private TokenMask(int vocabSize) {
        words = new long[(vocabSize + 63) / 64];
    }

    /** All tokens that can follow. */
    static TokenMask of(VocabularyTrie trie, int vocabSize, Machine machine, Configuration from) {
        TokenMask mask = new TokenMask(vocabSize);
        trie.walk(machine, from, mask::allow);
        return mask;
    }

    /**
     * The tokens from which the text can still be ended by so many bytes; if there is none, those that come closest to an
     * end.
     */
    static TokenMask closing(VocabularyTrie trie, int vocabSize, Machine machine, Configuration from, int bytes) {
        int[] least = {Reach.NEVER};
        trie.walk(machine, from, (_, after) -> least[0] = Math.min(least[0], after.bytesToEnd()));
        int bound = Math.max(bytes, least[0]);
        TokenMask mask = new TokenMask(vocabSize);
        trie.walk(machine, from, (token, after) -> {
            if (after.bytesToEnd() <= bound) {
                mask.allow(token, after);
            }
        });
        return mask;
    }

    private void allow(int token, Configuration after) {
        words[token >> 6] |= 1L << token;
        empty = false;
        mostBytesToEnd = Math.max(mostBytesToEnd, after.bytesToEnd());
    }

    boolean allows(int token) {
        return token >= 0 && token >> 6 < words.length && (words[token >> 6] >>> token & 1) != 0;
    }

    boolean isEmpty() {
        return empty;
    }

    /** The bytes that end the text, at least, after the token that leads farthest from an end. */
    int mostBytesToEnd() {
        return mostBytesToEnd;
    }

    /** Sets the logits of all other tokens to minus infinity. */
    void apply(float[] logits) {
        int known = Math.min(logits.length, 64 * words.length);
        for (int i = 0; i < known; i++) {
            if ((words[i >> 6] >>> i & 1) == 0) {
                logits[i] = Float.NEGATIVE_INFINITY;
            }
        }
        Arrays.fill(logits, known, logits.length, Float.NEGATIVE_INFINITY);
    }

    long byteSize() {
        return 64L + 8L * words.length;
    }
}
