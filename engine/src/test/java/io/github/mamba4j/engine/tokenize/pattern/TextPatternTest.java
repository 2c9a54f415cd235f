package io.github.mamba4j.engine.tokenize.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns against java.util.regex, whose matches are the same where both know a pattern, and against hostile texts. */
class TextPatternTest {
    private static List<String> matches(String pattern, String text) throws UnsupportedPatternException {
        PatternMatcher matcher = TextPattern.compile(pattern).matcher();
        char[] chars = text.toCharArray();
        matcher.begin(chars, chars.length);
        List<String> found = new ArrayList<>();
        int at = 0;
        while (at < chars.length) {
            int end = matcher.matchEnd(at);
            if (end > at) {
                found.add(text.substring(at, end));
                at = end;
            } else {
                at += Character.charCount(text.codePointAt(at));
            }
        }
        return found;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', value = {"ab|a # aabab # a,ab,ab", "a|ab # aab # a,a", "a{2,3} # aaaaa # aaa,aa",
            "a{2,3}? # aaaaa # aa,aa", "[^a-c]+ # abdefc # def", "a(?!b) # abac # a", "a(?=b) # abac # a",
            "x(?:yz?)+ # xyyz # xyyz",
            "(?i:k)x # kxKx\u212Ax # kx,Kx,\u212Ax", "[a\\-]+ # a-b # a-", "\\p{Lu}\\P{Lu} # AbCD # Ab",
            "a++b # aab # aab"})
    void matchesAreTheLeftmostOfTheFirstAlternative(String pattern, String text, String expected)
            throws UnsupportedPatternException {
        assertEquals(expected, String.join(",", matches(pattern, text)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'s|'t| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            "(?:ab|a)(?:c|bcd)?|b+?c|[cd]{1,2}",
            "(?:a|b)+c|(?:ab){2}|a", "[^ab]?[ab]{1,3}|\\s*c+|d(?!a)", "(?:a?b)+?c|.a", "a*+b|a++c|c?+d"})
    void randomTextsMatchAsInTheJdk(String pattern) throws UnsupportedPatternException {
        Random random = new Random(pattern.hashCode());
        Pattern expected = Pattern.compile(pattern);
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(30); k > 0; k--) {
                text.append("aabbcd '1\u00e9".charAt(random.nextInt(10)));
            }
            Matcher matcher = expected.matcher(text);
            assertEquals(matcher.results().map(r -> r.group()).toList(), matches(pattern, text.toString()),
                    pattern + " in " + text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+$|x", "a*b|a", "(?:a|aa)+c|a", "(?:a|b)*a(?:a|b){12}c", "a+b|c", "(?:a*c|a*d|a*e)x"})
    void timeGrowsLikeTheText(String pattern) {
        String text = "a".repeat(400_000);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> matches(pattern, text));
    }

    @Test
    void anInterruptEndsTheSearch() {
        Thread.currentThread().interrupt();
        try {
            assertThrows(CancellationException.class, () -> matches("a*b|c", "a".repeat(3_000_000)));
        } finally {
            Thread.interrupted();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a*", "(a", "a)", "[a", "a{3,2}", "a{1000}", "a**", "(a?)+", "\\w+", "(?<=a)b", "^a", "\\1",
            "[[a]]",
            "[a&&b]", "\\p{Nope}", "(?i:\u00e9)", "(?i:ss)", "(?i:xfl)", "a{2}+", "(?:ab)++", "a(?!bc)", "\\", "[]a]",
            "(?x)a",
            "((((((((((((((((((((((((a))))))))))))))))))))))))"})
    void whatIsNotKnownIsRefused(String pattern) {
        assertThrows(UnsupportedPatternException.class, () -> TextPattern.compile(pattern));
    }

    @Test
    void hugePatternsAreRefused() {
        for (String pattern : List.of("a".repeat(5000), "(?:(?:(?:a{50}){50}){50}){50}", "[a-c]{100}".repeat(100))) {
            assertThrows(UnsupportedPatternException.class, () -> TextPattern.compile(pattern));
        }
        StringBuilder classes = new StringBuilder("x");
        for (int i = 0; i < 200; i++) {
            classes.append("|[").append((char) (0x4E00 + i)).append("b]");
        }
        assertThrows(UnsupportedPatternException.class, () -> TextPattern.compile(classes.toString()));
    }
}
