package io.github.mamba4j.engine.tokenize.pattern;

import java.util.List;

/** A part of a parsed pattern. */
sealed interface PatternNode {
    /** Whether it may match nothing. */
    boolean isNullable();

    /**
     * One code point of a set.
     *
     * @param set the set
     */
    record Chars(CharSet set) implements PatternNode {
        @Override
        public boolean isNullable() {
            return false;
        }
    }

    /**
     * A condition on the next code point, which is not consumed.
     *
     * @param set the set it has to be in
     * @param end whether the end of the text will do as well
     */
    record Ahead(CharSet set, boolean end) implements PatternNode {
        @Override
        public boolean isNullable() {
            return true;
        }
    }

    /**
     * One after the other.
     *
     * @param parts the parts
     */
    record Sequence(List<PatternNode> parts) implements PatternNode {
        @Override
        public boolean isNullable() {
            return parts.stream().allMatch(PatternNode::isNullable);
        }
    }

    /**
     * One of several, the first that leads to a match.
     *
     * @param parts the alternatives
     */
    record Choice(List<PatternNode> parts) implements PatternNode {
        @Override
        public boolean isNullable() {
            return parts.stream().anyMatch(PatternNode::isNullable);
        }
    }

    /**
     * A part several times.
     *
     * @param part the part
     * @param min how often at least
     * @param max how often at most; -1 for any number
     * @param mode whether as often as possible, as seldom, or as often as possible whatever comes then
     */
    record Repeat(PatternNode part, int min, int max, Mode mode) implements PatternNode {
        @Override
        public boolean isNullable() {
            return min == 0 || part.isNullable();
        }
    }

    /** How much a repetition takes. */
    enum Mode {
        GREEDY, LAZY, POSSESSIVE
    }
}
