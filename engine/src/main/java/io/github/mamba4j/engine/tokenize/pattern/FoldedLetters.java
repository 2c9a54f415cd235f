package io.github.mamba4j.engine.tokenize.pattern;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Matching without regard to case, for ASCII letters. Unicode folds two other characters to single ones of them, and some
 * to pairs; patterns with such pairs are refused.
 */
final class FoldedLetters {
    private static final int LONG_S = 0x17F;
    private static final int KELVIN = 0x212A;
    /** What single characters like the German sharp s and the ligatures are folded to. */
    private static final Set<String> PAIRS = Set.of("ss", "st", "ff", "fi", "fl");

    private FoldedLetters() {}

    static CharSet fold(CharSet set) throws UnsupportedPatternException {
        List<CharSet> all = new ArrayList<>();
        all.add(set);
        List<CharSet> parts = set instanceof CharSet.Union union ? union.sets() : List.of(set);
        for (CharSet part : parts) {
            if (part instanceof CharSet.Ranges ranges && ranges != CharSet.SPACES) {
                add(ranges.bounds(), all);
            } else if (part != CharSet.SPACES && part != CharSet.NUMBERS && part != CharSet.LETTERS
                    && part != CharSet.MARKS) {
                throw new UnsupportedPatternException("a property without regard to case");
            }
        }
        return all.size() == 1 ? set : new CharSet.Union(List.copyOf(all));
    }

    private static void add(int[] bounds, List<CharSet> all) throws UnsupportedPatternException {
        for (int i = 0; i < bounds.length; i += 2) {
            if (bounds[i + 1] >= 0x80) {
                throw new UnsupportedPatternException("characters beyond ASCII without regard to case");
            }
            for (int c = bounds[i]; c <= bounds[i + 1]; c++) {
                if (Character.isLetter(c)) {
                    all.add(CharSet.of(c ^ 0x20));
                    int lower = c | 0x20;
                    if (lower == 's' || lower == 'k') {
                        all.add(CharSet.of(lower == 's' ? LONG_S : KELVIN));
                    }
                }
            }
        }
    }

    /** Whether a part of a pattern ends with letters that one character may stand for. */
    static boolean isManyToOne(String pattern, int from, int to) {
        return to - from >= 2 && PAIRS.contains(pattern.substring(to - 2, to).toLowerCase(Locale.ROOT));
    }
}
