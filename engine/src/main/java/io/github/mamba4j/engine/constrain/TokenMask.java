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
     * The tokens from which the text can still be ended by so many bytes; if there is none, the one that comes closest to
     * an end.
     */
    static TokenMask closing(VocabularyTrie trie, int vocabSize, Machine machine, Configuration from, int bytes) {
        TokenMask mask = new TokenMask(vocabSize);
        trie.walk(machine, from, (token, after) -> {
            if (after.bytesToEnd() <= bytes) {
                mask.allow(token, after);
            }
        });
        if (mask.empty) {
            Nearest nearest = new Nearest();
            trie.walk(machine, from, nearest);
            if (nearest.token >= 0) {
                mask.allow(nearest.token, nearest.configuration);
            }
        }
        return mask;
    }

    /** The token that comes nearest to an end, the lowest of several; -1 if none comes nearer than this is. */
    static int nearestToEnd(VocabularyTrie trie, Machine machine, Configuration from) {
        Nearest nearest = new Nearest();
        trie.walk(machine, from, nearest);
        return nearest.token >= 0 && nearest.configuration.bytesToEnd() < from.bytesToEnd() ? nearest.token : -1;
    }

    /** Looks for the least number of bytes to an end. */
    private static final class Nearest implements VocabularyTrie.Visitor {
        private int token = -1;
        private Configuration configuration;

        @Override
        public void allowed(int candidate, Configuration after) {
            int order = token < 0 ? -1 : Integer.compare(after.bytesToEnd(), configuration.bytesToEnd());
            if (order < 0 || order == 0 && candidate < token) {
                token = candidate;
                configuration = after;
            }
        }
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
