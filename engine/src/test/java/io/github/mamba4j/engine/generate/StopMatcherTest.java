package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StopMatcherTest {
    /** The text before the stop string that is complete first, the longest of several. */
    private static String expected(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String read = text.substring(0, end);
            int longest = stops.stream().filter(read::endsWith).mapToInt(String::length).max().orElse(0);
            if (longest > 0) {
                return read.substring(0, end - longest);
            }
        }
        return text;
    }

    @Test
    void anyTextInAnyPiecesEndsBeforeTheFirstStopAndShowsNoPartOfIt() {
        SplittableRandom random = new SplittableRandom(21);
        for (int i = 0; i < 2000; i++) {
            String text = letters(random, random.nextInt(30));
            List<String> stops = Stream.generate(() -> letters(random, random.nextInt(1, 6)))
                    .limit(random.nextInt(1, 4)).toList();
            String expected = expected(text, stops);
            StopMatcher matcher = new StopMatcher(stops);
            StringBuilder shown = new StringBuilder();
            for (int from = 0; from < text.length();) {
                int to = Math.min(text.length(), from + random.nextInt(1, 5));
                shown.append(matcher.feed(text.substring(from, to)));
                assertTrue(expected.startsWith(shown.toString()), text + " " + stops);
                from = to;
            }
            shown.append(matcher.finish());
            assertEquals(expected, shown.toString(), text + " " + stops);
            assertEquals(expected.length() < text.length(), matcher.isStopped());
        }
    }

    private static String letters(SplittableRandom random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(2)));
        }
        return text.toString();
    }

    @Test
    void onlyTheEndThatMayBecomeAStopIsHeldBack() {
        StopMatcher matcher = new StopMatcher(List.of("aab"));
        assertEquals("x", matcher.feed("xaa"));
        assertEquals("a", matcher.feed("a"));
        assertEquals("aac", matcher.feed("c"));
        assertEquals("", matcher.feed("a"));
        assertEquals("a", matcher.finish());
    }

    @Test
    void nothingComesAfterAStop() {
        StopMatcher matcher = new StopMatcher(List.of("b"));
        assertEquals("a", matcher.feed("abc"));
        assertEquals("", matcher.feed("d"));
        assertEquals("", matcher.finish());
        assertTrue(matcher.isStopped());
    }

    @Test
    void charactersOfTwoCharsAreNotTornApart() {
        String smile = "\ud83d\ude00";
        StopMatcher matcher = new StopMatcher(List.of("\ud83d\udc4d"));
        assertEquals("a" + smile, matcher.feed("a" + smile));
    }
}
