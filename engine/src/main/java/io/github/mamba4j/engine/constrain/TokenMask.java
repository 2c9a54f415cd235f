package io.github.mamba4j.engine.constrain;

import java.util.Arrays;

/** The tokens that can follow a configuration, one bit each. Immutable once it is handed out. */
final class TokenMask implements VocabularyTrie.Visitor {

    private final long[] words;
    private boolean empty = true;
    private int mostBytesToEnd;

    private TokenMask(int vocabSize) {
        words = new long[(vocabSize + 63) / 64];
    }

    /** All tokens that can follow. */
    static TokenMask of(VocabularyTrie trie, int vocabSize, Machine machine, Configuration from) {
        return trie.walk(machine, from, () -> new TokenMask(vocabSize));
    }

    /**
     * The tokens from which the text can still be ended by so many bytes; if there is none, the one that comes closest to
     * an end.
     */
    static TokenMask closing(VocabularyTrie trie, int vocabSize, Machine machine, Configuration from, int bytes) {
        TokenMask mask = trie.walk(machine, from, () -> new Closing(vocabSize, bytes)).mask;
        if (mask.empty) {
            Nearest nearest = trie.walk(machine, from, Nearest::new);
            if (nearest.token >= 0) {
                mask.allowed(nearest.token, nearest.configuration);
            }
        }
        return mask;
    }

    /** Takes the tokens that do not lead too far from an end. */
    private static final class Closing implements VocabularyTrie.Visitor {
        private final TokenMask mask;
        private final int bytes;

        Closing(int vocabSize, int bytes) {
            mask = new TokenMask(vocabSize);
            this.bytes = bytes;
        }

        @Override
        public void allowed(int token, Configuration after) {
            if (after.bytesToEnd() <= bytes) {
                mask.allowed(token, after);
            }
        }
    }

    /** The token that comes nearest to an end, the lowest of several; -1 if none comes nearer than this is. */
    static int nearestToEnd(VocabularyTrie trie, Machine machine, Configuration from) {
        Nearest nearest = trie.walk(machine, from, Nearest::new);
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

    @Override
    public void allowed(int token, Configuration after) {
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
