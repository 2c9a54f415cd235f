package io.github.mamba4j.engine.tokenize.pattern;

import java.util.List;

/** A set of code points, by the JDK's Unicode data. Immutable and thread-safe. */
public sealed interface CharSet {
    /** Letters, {@code \p{L}}. */
    CharSet LETTERS = new Categories(1 << Character.UPPERCASE_LETTER | 1 << Character.LOWERCASE_LETTER
            | 1 << Character.TITLECASE_LETTER | 1 << Character.MODIFIER_LETTER | 1 << Character.OTHER_LETTER);
    /** Marks, {@code \p{M}}. */
    CharSet MARKS = new Categories(1 << Character.NON_SPACING_MARK | 1 << Character.ENCLOSING_MARK
            | 1 << Character.COMBINING_SPACING_MARK);
    /** Numbers, {@code \p{N}}. */
    CharSet NUMBERS = new Categories(
            1 << Character.DECIMAL_DIGIT_NUMBER | 1 << Character.LETTER_NUMBER | 1 << Character.OTHER_NUMBER);
    /** The property White_Space, {@code \s}. */
    CharSet SPACES = new Ranges(new int[]{'\t', '\r', ' ', ' ', 0x85, 0x85, 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A,
            0x2028, 0x2029, 0x202F, 0x202F, 0x205F, 0x205F, 0x3000, 0x3000});

    /**
     * Whether a code point is in the set.
     *
     * @param codePoint the code point
     * @return true if it is
     */
    boolean contains(int codePoint);

    /**
     * The code points of some general categories.
     *
     * @param mask bit n stands for the category n of {@link Character#getType(int)}
     */
    record Categories(int mask) implements CharSet {
        @Override
        public boolean contains(int codePoint) {
            return (mask >> Character.getType(codePoint) & 1) != 0;
        }
    }

    /**
     * Some ranges of code points.
     *
     * @param bounds the first and the last code point of each range
     */
    record Ranges(int[] bounds) implements CharSet {
        @Override
        public boolean contains(int codePoint) {
            for (int i = 0; i < bounds.length; i += 2) {
                if (codePoint >= bounds[i] && codePoint <= bounds[i + 1]) {
                    return true;
                }
            }
            return false;
        }

        /** How many code points there are, at most. */
        long size() {
            long size = 0;
            for (int i = 0; i < bounds.length; i += 2) {
                size += bounds[i + 1] - bounds[i] + 1;
            }
            return size;
        }
    }

    /** What words are made of, {@code \w}: letters, marks, decimal digits, connectors and other alphabetic ones. */
    record Words() implements CharSet {
        private static final int MASK = ((Categories) MARKS).mask() | 1 << Character.DECIMAL_DIGIT_NUMBER
                | 1 << Character.CONNECTOR_PUNCTUATION;

        @Override
        public boolean contains(int codePoint) {
            return (MASK >> Character.getType(codePoint) & 1) != 0 || Character.isAlphabetic(codePoint)
                    || codePoint == 0x200C || codePoint == 0x200D;
        }
    }

    /**
     * The code points of a script.
     *
     * @param script the script
     */
    record Script(Character.UnicodeScript script) implements CharSet {
        @Override
        public boolean contains(int codePoint) {
            return Character.UnicodeScript.of(codePoint) == script;
        }
    }

    /**
     * What is in any of several sets.
     *
     * @param sets the sets
     */
    record Union(List<CharSet> sets) implements CharSet {
        @Override
        public boolean contains(int codePoint) {
            for (CharSet set : sets) {
                if (set.contains(codePoint)) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * What is not in a set.
     *
     * @param set the set
     */
    record Not(CharSet set) implements CharSet {
        @Override
        public boolean contains(int codePoint) {
            return !set.contains(codePoint);
        }
    }

    /**
     * A single code point.
     *
     * @param codePoint the code point
     * @return the set with it alone
     */
    static CharSet of(int codePoint) {
        return new Ranges(new int[]{codePoint, codePoint});
    }
}
