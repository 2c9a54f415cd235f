package io.github.mamba4j.engine.constrain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * An immutable set of Unicode scalar values (code points without surrogates, which UTF-8 cannot write), kept as sorted,
 * disjoint, inclusive ranges that do not touch.
 *
 * @param ranges the ranges in ascending order
 */
record CodePoints(List<Range> ranges) {

    private static final Range SURROGATES = new Range(0xD800, 0xDFFF);

    /** Every scalar value. */
    static final CodePoints ALL = of(List.of(new Range(0, 0x10FFFF)));

    /**
     * Code points from one to another.
     *
     * @param low the first one
     * @param high the last one
     */
    record Range(int low, int high) {}

    static CodePoints of(int codePoint) {
        return range(codePoint, codePoint);
    }

    static CodePoints range(int low, int high) {
        return of(List.of(new Range(low, high)));
    }

    /** The set of the characters of a text. */
    static CodePoints anyOf(String characters) {
        return of(characters.codePoints().mapToObj(c -> new Range(c, c)).toList());
    }

    /** The set of the ranges, in any order; overlaps are merged, surrogates left out. */
    static CodePoints of(List<Range> unordered) {
        List<Range> sorted = new ArrayList<>(unordered);
        sorted.sort(Comparator.comparingInt(Range::low));
        List<Range> merged = new ArrayList<>();
        for (Range next : sorted) {
            Range last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && next.low <= last.high + 1) {
                merged.set(merged.size() - 1, new Range(last.low, Math.max(last.high, next.high)));
            } else {
                merged.add(next);
            }
        }
        return new CodePoints(List.copyOf(withoutSurrogates(merged)));
    }

    private static List<Range> withoutSurrogates(List<Range> merged) {
        List<Range> kept = new ArrayList<>();
        for (Range range : merged) {
            addIfAny(kept, range.low, Math.min(range.high, SURROGATES.low - 1));
            addIfAny(kept, Math.max(range.low, SURROGATES.high + 1), range.high);
        }
        return kept;
    }

    private static void addIfAny(List<Range> ranges, int low, int high) {
        if (low <= high) {
            ranges.add(new Range(low, high));
        }
    }

    CodePoints or(CodePoints other) {
        List<Range> both = new ArrayList<>(ranges);
        both.addAll(other.ranges);
        return of(both);
    }

    /** Every scalar value that is not in this set. */
    CodePoints not() {
        List<Range> gaps = new ArrayList<>();
        int next = 0;
        for (Range range : ranges) {
            addIfAny(gaps, next, range.low - 1);
            next = range.high + 1;
        }
        addIfAny(gaps, next, 0x10FFFF);
        return of(gaps);
    }

    CodePoints and(CodePoints other) {
        return not().or(other.not()).not();
    }

    boolean contains(int codePoint) {
        return ranges.stream().anyMatch(range -> range.low <= codePoint && codePoint <= range.high);
    }

    boolean isEmpty() {
        return ranges.isEmpty();
    }
}
