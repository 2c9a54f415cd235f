package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.constrain.CodePoints.Range;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How a character of a regular expression is written as bytes. */
enum Encoding {
    /** As UTF-8. */
    TEXT {
        @Override
        void add(Network network, int from, CodePoints set, int to) {
            addUtf8(network, from, set, to);
        }
    },
    /**
     * As inside a JSON string (RFC 8259, section 7) in its shortest form: a character stands for itself; only what must be
     * escaped is. One spelling for each character, so that a text has one length and an enumerated one has one path.
     */
    JSON_STRING {
        @Override
        void add(Network network, int from, CodePoints set, int to) {
            addUtf8(network, from, set.and(MUST_ESCAPE.not()), to);
            List<Range> escaped = set.and(MUST_ESCAPE).ranges();
            if (escaped.isEmpty()) {
                return;
            }
            int escape = network.state();
            network.bytes(from, '\\', '\\', escape);
            Map<String, Integer> prefixes = new HashMap<>(Map.of("", escape));
            for (Range range : escaped) {
                for (int c = range.low(); c <= range.high(); c++) {
                    String letters = escape(c);
                    int last = prefix(network, letters.substring(0, letters.length() - 1), prefixes);
                    byte ascii = (byte) letters.charAt(letters.length() - 1);
                    network.bytes(last, ascii, ascii, to);
                }
            }
        }
    };

    private static final CodePoints MUST_ESCAPE = CodePoints.range(0, 0x1F).or(CodePoints.anyOf("\"\\"));

    /** The greatest code point of one, two, three and four bytes. */
    private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};

    /** Adds the ways from one state to another that are the encoded characters of a set. */
    abstract void add(Network network, int from, CodePoints set, int to);

    private static String escape(int c) {
        return switch (c) {
            case '\b' -> "b";
            case '\t' -> "t";
            case '\n' -> "n";
            case '\f' -> "f";
            case '\r' -> "r";
            case '"', '\\' -> String.valueOf((char) c);
            default -> "u%04x".formatted(c);
        };
    }

    /** The state behind the first letters of an escape; escapes that begin alike share it. */
    private static int prefix(Network network, String letters, Map<String, Integer> prefixes) {
        Integer known = prefixes.get(letters);
        if (known != null) {
            return known;
        }
        int before = prefix(network, letters.substring(0, letters.length() - 1), prefixes);
        int state = network.state();
        char last = letters.charAt(letters.length() - 1);
        network.bytes(before, last, last, state);
        prefixes.put(letters, state);
        return state;
    }

    private static void addUtf8(Network network, int from, CodePoints set, int to) {
        // Sequences with the same tail share its states: most of a large set ends in "any continuation byte".
        Map<List<Range>, Integer> tails = new HashMap<>();
        tails.put(List.of(), to);
        for (List<Range> sequence : utf8(set)) {
            int next = tail(network, sequence.subList(1, sequence.size()), tails);
            network.bytes(from, sequence.getFirst().low(), sequence.getFirst().high(), next);
        }
    }

    private static int tail(Network network, List<Range> tail, Map<List<Range>, Integer> tails) {
        Integer known = tails.get(tail);
        if (known != null) {
            return known;
        }
        int next = tail(network, tail.subList(1, tail.size()), tails);
        int state = network.state();
        network.bytes(state, tail.getFirst().low(), tail.getFirst().high(), next);
        tails.put(List.copyOf(tail), state);
        return state;
    }

    /**
     * The set as sequences of byte ranges: a text is the UTF-8 form of a character of the set if and only if its bytes lie
     * in the ranges of one sequence. A range of code points is cut where the length changes, and then wherever its ends do
     * not agree in all bytes but the last ones that run from first to last.
     */
    static List<List<Range>> utf8(CodePoints set) {
        List<List<Range>> sequences = new ArrayList<>();
        for (Range range : set.ranges()) {
            int low = range.low();
            for (int length = 1; length <= LAST_OF_LENGTH.length; length++) {
                int high = Math.min(range.high(), LAST_OF_LENGTH[length - 1]);
                if (low <= high) {
                    cut(low, high, length, sequences);
                    low = high + 1;
                }
            }
        }
        return sequences;
    }

    private static void cut(int low, int high, int length, List<List<Range>> sequences) {
        for (int tail = 1; tail < length; tail++) {
            int mask = (1 << (6 * tail)) - 1;
            if ((low & ~mask) == (high & ~mask)) {
                break;
            }
            if ((low & mask) != 0) {
                cut(low, low | mask, length, sequences);
                cut((low | mask) + 1, high, length, sequences);
                return;
            }
            if ((high & mask) != mask) {
                cut(low, (high & ~mask) - 1, length, sequences);
                cut(high & ~mask, high, length, sequences);
                return;
            }
        }
        List<Range> sequence = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            sequence.add(new Range(utf8Byte(low, i, length), utf8Byte(high, i, length)));
        }
        sequences.add(List.copyOf(sequence));
    }

    private static int utf8Byte(int codePoint, int index, int length) {
        int bits = codePoint >> (6 * (length - 1 - index));
        if (index > 0) {
            return 0x80 | bits & 0x3F;
        }
        return length == 1 ? bits : (0xF0 << (4 - length)) & 0xFF | bits;
    }
}
