package io.github.mamba4j.engine.constrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mamba4j.engine.constrain.CodePoints.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EncodingTest {

    @Test
    void rangesOfBytesAreTheUtf8OfExactlyTheSet() {
        List<CodePoints> sets = new ArrayList<>(List.of(CodePoints.ALL, CodePoints.of('\n').not(),
                CodePoints.range(0x7F, 0x80), CodePoints.range(0x7FF, 0x800), CodePoints.range(0xD7FF, 0xE000),
                CodePoints.range(0xFFFF, 0x10000), CodePoints.range(0x10FFFF, 0x10FFFF)));
        Random random = new Random(7);
        for (int i = 0; i < 20; i++) {
            int bound = i % 2 == 0 ? 0x3000 : 0x110000;
            int a = random.nextInt(bound);
            int b = random.nextInt(bound);
            sets.add(CodePoints.range(Math.min(a, b), Math.max(a, b)).or(CodePoints.of(random.nextInt(0xD800))));
        }
        for (CodePoints set : sets) {
            List<List<Range>> sequences = Encoding.utf8(set);
            for (int c = 0; c <= 0x10FFFF; c += c < 0x1100 || c > 0xD700 && c < 0xE100 ? 1 : 47) {
                if (c < 0xD800 || c > 0xDFFF) {
                    byte[] bytes = Vocabularies.utf8(Character.toString(c));
                    long found = sequences.stream().filter(sequence -> covers(sequence, bytes)).count();
                    assertEquals(set.contains(c) ? 1 : 0, found, "U+%04X in %s".formatted(c, set));
                }
            }
        }
    }

    private static boolean covers(List<Range> sequence, byte[] bytes) {
        boolean all = sequence.size() == bytes.length;
        for (int i = 0; all && i < bytes.length; i++) {
            int value = bytes[i] & 0xFF;
            all = sequence.get(i).low() <= value && value <= sequence.get(i).high();
        }
        return all;
    }

    @Test
    void bytesThatAreNotUtf8MatchNothing() {
        Constraint any = Constraint.regex("(.|\\n)*");
        int[][] wrong = {{0x80}, {0xC0, 0x80}, {0xC1, 0xBF}, {0xE0, 0x9F, 0xBF}, {0xED, 0xA0, 0x80},
                {0xF0, 0x8F, 0xBF, 0xBF}, {0xF4, 0x90, 0x80, 0x80}, {0xF5}, {0xFF}, {0xC3}};
        for (int[] values : wrong) {
            byte[] bytes = new byte[values.length];
            for (int i = 0; i < values.length; i++) {
                bytes[i] = (byte) values[i];
            }
            assertFalse(Vocabularies.matches(any, bytes));
        }
    }

    @Test
    void aCharacterInAStringHasOneSpellingThatJsonReadsBack() throws Exception {
        Network network = new Network();
        int rule = network.rule();
        Encoding.JSON_STRING.add(network, network.start(rule), CodePoints.ALL, network.end(rule));
        Machine machine = new Machine(network, rule, new Machine.Limits(0, 100, 1 << 20));
        for (int c = 0; c < 0x300; c++) {
            assertEquals(List.of(c),
                    List.of(new ObjectMapper().readValue("\"" + spelling(machine, c) + "\"", String.class)
                            .codePointAt(0)));
        }
        assertArrayEquals(new boolean[]{false, false, false, true, true}, new boolean[]{accepts(machine, "\n"),
                accepts(machine, "\\/"), accepts(machine, "\\u0041"), accepts(machine, "\\u001f"),
                accepts(machine, "😀")});
    }

    private static String spelling(Machine machine, int c) {
        List<String> candidates = new ArrayList<>(List.of(Character.toString(c), "\\" + Character.toString(c),
                "\\u%04x".formatted(c)));
        "bfnrt".chars().filter(letter -> "\b\f\n\r\t".charAt("bfnrt".indexOf(letter)) == c)
                .forEach(letter -> candidates.add("\\" + (char) letter));
        // "\b" is the escape of a backspace, not of the letter.
        candidates.removeIf(text -> text.equals("\\" + Character.toString(c)) && c != '"' && c != '\\');
        List<String> accepted = candidates.stream().filter(text -> accepts(machine, text)).toList();
        assertEquals(1, accepted.size(), "U+%04X".formatted(c));
        return accepted.getFirst();
    }

    private static boolean accepts(Machine machine, String text) {
        return Vocabularies.run(machine, machine.start(), Vocabularies.utf8(text)).accepting();
    }
}
