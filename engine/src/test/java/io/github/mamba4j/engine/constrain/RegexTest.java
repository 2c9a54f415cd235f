package io.github.mamba4j.engine.constrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The regular-expression dialect against {@code java.util.regex}, whose whole-text match means the same. */
class RegexTest {

    private static final String[] LETTERS = {"a", "b", "c", "x", "0", "7", "_", "-", " ", "\n", "\t", ".", "\\", "\"",
            "]",
            "}", "é", "ß", "€", "\uFFFF", "😀", "a", "b", "a", "b", "abab"};

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ab", "a|b", "a|", "|a", "(a|b)*", "(a|b)+c?", "a{3}", "a{2,}", "a{1,3}b{0,2}",
            "(ab){2}",
            "(?:ab|a)(?:b|ba)?", "[abc]+", "[^abc]+", "[a-c0-9]*", "[\\]x]?", "[a-]+",
            "[-a]+",
            "\\d+", "\\D+", "\\w+", "\\W+", "\\s+", "\\S+", "[\\d_]+", "[^\\d\\s]+", ".", ".*", "a.b", "\\.", "\\\\",
            "\\n|\\t",
            "\\x61+", "\\x{1F600}", "\\u00e9+", "\\u20AC", "é+", "[é-€]+", "[^é]", "😀{2}", "[😀a]+",
            "[\\x{80}-\\x{10FFFF}]+",
            "a??b", "a*?", "a+?b", "(a*)*", "(a*)+b", "(a|ab)(c|bcx)", "((a|b){2}){2}", "(a?){3}a{3}",
            "x*(a|b)*a(a|b){3}",
            "}", "a}", "^ab$", "^a|b$", "a{0}", "a{0,0}b", "(|a)b", "[a-c]{2,4}", "\\\"[^\\\"]*\\\""})
    void matchesWhatJavaMatches(String pattern) {
        Constraint constraint = Constraint.regex(pattern);
        Pattern expected = Pattern.compile(pattern, Pattern.UNIX_LINES);
        Random random = new Random(pattern.hashCode());
        int matches = 0;
        for (int i = 0; i < 3000; i++) {
            int length = random.nextInt(9);
            // Few letters at a time, so that repetitions come up.
            String[] letters = new String[1 + random.nextInt(4)];
            Arrays.setAll(letters, _ -> LETTERS[random.nextInt(LETTERS.length)]);
            StringBuilder text = new StringBuilder();
            for (int j = 0; j < length; j++) {
                text.append(letters[random.nextInt(letters.length)]);
            }
            boolean wanted = expected.matcher(text).matches();
            matches += wanted ? 1 : 0;
            assertEquals(wanted, Vocabularies.matches(constraint, text.toString()),
                    () -> "'" + text + "' by " + pattern);
        }
        assertTrue(matches > 0, "the strings must try the pattern");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"(a)\\1~3~backreference", "(?=a)b~0~lookahead", "(?!a)b~0~lookahead",
            "(?<=a)b~0~lookbehind", "(?<name>a)~0~named group", "(?>a)~0~atomic", "(?i)a~0~flags",
            "a\\b~1~word boundary",
            "\\p{L}~0~property", "a*+~1~possessive", "a**~2~quantifier after a quantifier", "*a~0~nothing to repeat",
            "a|+~2~nothing to repeat", "(a~0~without ')'", "a)~1~without '('", "[a~0~without ']'", "[]~1~empty class",
            "[b-a]~1~wrong order", "[\\d-z]~1~range", "[a[b]]~2~inside a class", "[a&&b]~2~inside a class",
            "a{2~3~expected '}'", "a{x}~2~count", "a{3,2}~1~wrong order", "a{9999999999}~2~too large",
            "a\\~1~at the end",
            "\\xg0~0~hexadecimal", "\\u12~0~hexadecimal", "\\ud800~0~U+D800", "\\x{110000}~0~U+110000", "\\q~0~escape",
            "a^b~1~anchor", "a$b~2~'$'", "(^a)~1~anchor", "[^\\x{0}-\\x{10FFFF}]~0~no character"})
    void refusesByNameAndPosition(String pattern, int position, String name) {
        String message = assertThrows(IllegalArgumentException.class, () -> Constraint.regex(pattern)).getMessage();
        assertTrue(message.contains("position " + position + ":"), message);
        assertTrue(message.contains(name), message);
    }

    @Test
    void stopsAtTheSizeThatRepetitionsAskFor() {
        for (String pattern : new String[]{"a{1,1000000}", "(a{1000}){1000}", "((((){1000}){1000}){1000}){1000}",
                "(((a{1,99}){1,99}){1,99}){1,99}", "[^a]{999999999}"}) {
            String message = assertThrows(IllegalArgumentException.class, () -> Constraint.regex(pattern)).getMessage();
            assertTrue(message.contains("more than " + Network.MAX_STATES + " states"), message);
        }
    }

    @Test
    void boundsTheNestingOfGroups() {
        String deep = "(".repeat(100_000) + "a" + ")".repeat(100_000);
        String message = assertThrows(IllegalArgumentException.class, () -> Constraint.regex(deep)).getMessage();
        assertTrue(message.contains("nested more than"), message);
        assertTrue(Vocabularies.matches(Constraint.regex("(".repeat(150) + "a" + ")".repeat(150)), "a"));
    }

    @Test
    void takesPatternsThatMakeBacktrackersAndEagerAutomataExplode() {
        Constraint nested = Constraint.regex("(((a*)*)*)*b");
        assertTrue(Vocabularies.matches(nested, "a".repeat(10_000) + "b"));
        assertFalse(Vocabularies.matches(nested, "a".repeat(10_000) + "c"));
        // Its smallest deterministic automaton has 2^31 states.
        Constraint exponential = Constraint.regex("(a|b)*a(a|b){30}");
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append(random.nextBoolean() ? 'a' : 'b');
        }
        assertEquals(text.charAt(text.length() - 31) == 'a', Vocabularies.matches(exponential, text.toString()));
    }

    @Test
    void knowsAtOnceThatATextCannotEndWell() {
        Machine machine = Constraint.regex("a(b|c[^\\x{0}-\\x{10FFFE}]d)").machine();
        Configuration afterA = machine.next(machine.start(), 'a');
        assertFalse(machine.next(afterA, 'c').dead(), "U+10FFFF may follow");
        // 0xC1 begins no character: the byte itself is dead, not only what comes behind it.
        assertTrue(machine.next(afterA, 0xC1).dead());
        assertTrue(machine.next(afterA, 'b').complete());
    }

    @Test
    void noLeastCountIsZero() {
        Constraint constraint = Constraint.regex("a{,2}b");
        assertTrue(Vocabularies.matches(constraint, "b") && Vocabularies.matches(constraint, "aab"));
        assertFalse(Vocabularies.matches(constraint, "aaab"));
    }
}
