package io.github.mamba4j.engine.constrain;

import java.util.List;

/** The syntax tree of a regular expression over Unicode scalar values. */
sealed interface Regex {

    /** The empty text. */
    Regex EMPTY = new Sequence(List.of());

    /** No text at all. */
    Regex NOTHING = new Choice(List.of());

    /** The repetition count that stands for "any number". */
    int UNBOUNDED = -1;

    /**
     * One character of a set.
     *
     * @param set the characters
     */
    record Characters(CodePoints set) implements Regex {}

    /**
     * One part after the other.
     *
     * @param parts the parts; none is the empty text
     */
    record Sequence(List<Regex> parts) implements Regex {}

    /**
     * One of several alternatives.
     *
     * @param alternatives the alternatives; none matches nothing
     */
    record Choice(List<Regex> alternatives) implements Regex {}

    /**
     * A part several times over.
     *
     * @param part what is repeated
     * @param min the least count
     * @param max the greatest count, or {@link #UNBOUNDED}
     */
    record Repeat(Regex part, int min, int max) implements Regex {}

    /** The expression for exactly this text. */
    static Regex literal(String text) {
        return new Sequence(text.codePoints().<Regex>mapToObj(c -> new Characters(CodePoints.of(c))).toList());
    }

    /** The expression for one character from one to another. */
    static Regex between(int low, int high) {
        return low > high ? NOTHING : new Characters(CodePoints.range(low, high));
    }

    static Regex sequence(Regex... parts) {
        return new Sequence(List.of(parts));
    }

    static Regex choice(Regex... alternatives) {
        return new Choice(List.of(alternatives));
    }

    static Regex optional(Regex part) {
        return new Repeat(part, 0, 1);
    }

    static Regex any(Regex part) {
        return new Repeat(part, 0, UNBOUNDED);
    }
}
