package io.github.mamba4j.engine.tokenize.pipeline;

import io.github.mamba4j.engine.tokenize.pattern.CharSet;
import io.github.mamba4j.engine.tokenize.pattern.Interrupts;
import io.github.mamba4j.engine.tokenize.pattern.PatternMatcher;
import io.github.mamba4j.engine.tokenize.pattern.TextPattern;

/** Finds the places where a text is cut or changed, from left to right. Not thread-safe. */
abstract class Finder {
    private static final int PLACES_BETWEEN_CHECKS = 1 << 14;

    /** What is looked for. Immutable and thread-safe. */
    sealed interface Kind permits Literal, Pattern, Chars, WordRuns {
        /** A finder with memory of its own. */
        Finder finder();
    }

    /**
     * A text.
     *
     * @param text the text, not empty
     */
    record Literal(String text) implements Kind {
        @Override
        public Finder finder() {
            return new LiteralFinder(text);
        }
    }

    /**
     * A pattern.
     *
     * @param pattern the pattern
     */
    record Pattern(TextPattern pattern) implements Kind {
        @Override
        public Finder finder() {
            return new PatternFinder(pattern.matcher());
        }
    }

    /**
     * Single characters.
     *
     * @param set which ones
     */
    record Chars(CharTest set) implements Kind {
        @Override
        public Finder finder() {
            return new CharFinder(set);
        }
    }

    /** Runs of characters of words, and runs of others that are no spaces. */
    record WordRuns() implements Kind {
        @Override
        public Finder finder() {
            return new WordFinder();
        }
    }

    /** Chooses characters. */
    @FunctionalInterface
    interface CharTest {
        boolean test(int codePoint);
    }

    protected char[] chars;
    protected int to;
    protected int start;
    protected int end;
    private int places;

    void begin(char[] text, int from, int until) {
        chars = text;
        to = until;
    }

    /** Looks for the next match that begins at or after a place. */
    abstract boolean next(int from);

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    protected boolean found(int from, int until) {
        start = from;
        end = until;
        return true;
    }

    protected int codePoint(int at) {
        char c = chars[at];
        return Character.isHighSurrogate(c) ? Character.codePointAt(chars, at, to) : c;
    }

    protected void checkNow() {
        if (++places >= PLACES_BETWEEN_CHECKS) {
            places = 0;
            Interrupts.check();
        }
    }

    private static final class LiteralFinder extends Finder {
        private final char[] text;
        /** By length of a beginning that matched: the length that still matches when the next character does not. */
        private final int[] fallbacks;

        LiteralFinder(String text) {
            this.text = text.toCharArray();
            fallbacks = new int[this.text.length + 1];
            fallbacks[0] = -1;
            int length = -1;
            for (int i = 0; i < this.text.length; i++) {
                while (length >= 0 && this.text[length] != this.text[i]) {
                    length = fallbacks[length];
                }
                fallbacks[i + 1] = ++length;
            }
        }

        @Override
        boolean next(int from) {
            int matched = 0;
            for (int i = from; i < to; i++) {
                while (matched >= 0 && text[matched] != chars[i]) {
                    matched = fallbacks[matched];
                }
                if (++matched == text.length) {
                    return found(i + 1 - matched, i + 1);
                }
            }
            return false;
        }
    }

    private static final class PatternFinder extends Finder {
        private final PatternMatcher matcher;

        PatternFinder(PatternMatcher matcher) {
            this.matcher = matcher;
        }

        @Override
        void begin(char[] text, int from, int until) {
            super.begin(text, from, until);
            matcher.begin(text, until);
        }

        @Override
        boolean next(int from) {
            int at = from;
            while (at < to) {
                checkNow();
                int match = matcher.matchEnd(at);
                if (match > at) {
                    return found(at, match);
                }
                at += Character.charCount(codePoint(at));
            }
            return false;
        }
    }

    private static final class CharFinder extends Finder {
        private final CharTest set;

        CharFinder(CharTest set) {
            this.set = set;
        }

        @Override
        boolean next(int from) {
            int c;
            for (int at = from; at < to; at += Character.charCount(c)) {
                c = codePoint(at);
                if (set.test(c)) {
                    return found(at, at + Character.charCount(c));
                }
            }
            return false;
        }
    }

    private static final class WordFinder extends Finder {
        private static final CharSet WORDS = new CharSet.Words();

        /** 0 for spaces. */
        private static int kind(int c) {
            return CharSet.SPACES.contains(c) ? 0 : WORDS.contains(c) ? 1 : 2;
        }

        @Override
        boolean next(int from) {
            int at = from;
            while (at < to && kind(codePoint(at)) == 0) {
                at += Character.charCount(codePoint(at));
            }
            if (at >= to) {
                return false;
            }
            int kind = kind(codePoint(at));
            int until = at;
            while (until < to && kind(codePoint(until)) == kind) {
                until += Character.charCount(codePoint(until));
            }
            return found(at, until);
        }
    }
}
