package io.github.mamba4j.engine.tokenize.pipeline;

import io.github.mamba4j.engine.tokenize.model.AddedToken;
import io.github.mamba4j.engine.tokenize.model.CharTrie;
import io.github.mamba4j.engine.tokenize.pattern.CharSet;
import io.github.mamba4j.engine.tokenize.pattern.Interrupts;
import java.util.List;

/**
 * Finds added tokens in a text: the leftmost, and of those that begin there the longest. Immutable and thread-safe.
 */
final class AddedTokens {
    private static final CharSet WORDS = new CharSet.Words();
    private static final int PLACES_BETWEEN_CHECKS = 1 << 16;

    private final List<AddedToken> tokens;
    private final CharTrie trie = new CharTrie();
    /** A bit for each character that a token may begin with. */
    private final long[] firsts = new long[(Character.MAX_VALUE + 1) / Long.SIZE];
    private final boolean empty;

    /** Takes what is found. */
    interface Sink {
        /** A stretch between tokens. */
        void text(int from, int to);

        /** A token, with the spaces it takes. */
        void token(AddedToken token, int from, int to);
    }

    /**
     * Makes one.
     *
     * @param tokens the tokens
     * @param texts how each is written in the texts that are looked through
     */
    AddedTokens(List<AddedToken> tokens, List<String> texts) {
        this.tokens = tokens;
        boolean none = true;
        for (int i = 0; i < tokens.size(); i++) {
            String text = texts.get(i);
            if (!text.isEmpty()) {
                none = false;
                firsts[text.charAt(0) >> 6] |= 1L << text.charAt(0);
                int node = 0;
                for (int k = 0; k < text.length(); k++) {
                    node = trie.child(node, text.charAt(k));
                }
                trie.setValue(node, i);
            }
        }
        empty = none;
    }

    void find(char[] chars, int from, int to, boolean withSpecial, Sink sink) {
        int start = from;
        int at = empty ? to : from;
        while (at < to) {
            if ((at & PLACES_BETWEEN_CHECKS - 1) == 0 && at > 0) {
                Interrupts.check();
            }
            char c = chars[at];
            if ((firsts[c >> 6] >> c & 1) == 0) {
                at++;
                continue;
            }
            int end = longest(chars, at, to);
            if (end < 0) {
                at++;
                continue;
            }
            AddedToken token = tokens.get(trie.value(nodeOf(chars, at, end)));
            if (!(token.special() && !withSpecial) && isWhole(token, chars, from, at, end, to)) {
                int first = token.lstrip() ? Math.max(start, spacesBefore(chars, from, at)) : at;
                int last = token.rstrip() ? spacesAfter(chars, end, to) : end;
                if (start < first) {
                    sink.text(start, first);
                }
                sink.token(token, first, last);
                start = last;
            }
            at = end;
        }
        if (start < to) {
            sink.text(start, to);
        }
    }

    private int longest(char[] chars, int at, int to) {
        int node = 0;
        int end = -1;
        for (int i = at; i < to; i++) {
            node = trie.find(node, chars[i]);
            if (node < 0) {
                break;
            }
            if (trie.value(node) >= 0) {
                end = i + 1;
            }
        }
        return end;
    }

    private int nodeOf(char[] chars, int from, int to) {
        int node = 0;
        for (int i = from; i < to; i++) {
            node = trie.find(node, chars[i]);
        }
        return node;
    }

    private static boolean isWhole(AddedToken token, char[] chars, int from, int at, int end, int to) {
        return !token.singleWord() || (at == from || !WORDS.contains(Character.codePointBefore(chars, at, from)))
                && (end == to || !WORDS.contains(Character.codePointAt(chars, end, to)));
    }

    private static int spacesBefore(char[] chars, int from, int at) {
        int first = at;
        while (first > from && CharSet.SPACES.contains(chars[first - 1])) {
            first--;
        }
        return first;
    }

    private static int spacesAfter(char[] chars, int end, int to) {
        int last = end;
        while (last < to && CharSet.SPACES.contains(chars[last])) {
            last++;
        }
        return last;
    }
}
