package io.github.mamba4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextChunksTest {
    private static List<String> chunks(String text, int size) throws IOException {
        var chunks = new TextChunks(new StringReader(text), size);
        List<String> all = new ArrayList<>();
        for (String chunk = chunks.next(); !chunk.isEmpty(); chunk = chunks.next()) {
            all.add(chunk);
        }
        assertEquals(text, String.join("", all));
        return all;
    }

    @Test
    void cutsBeforeTheSpaceBetweenTwoWords() throws IOException {
        List<String> chunks = chunks("one two  three, four\nfive six ".repeat(2000), 1000);
        assertTrue(chunks.size() > 20);
        for (String chunk : chunks.subList(1, chunks.size())) {
            assertTrue(chunk.matches("(?s) \\p{L}.*"), chunk);
        }
        for (String chunk : chunks.subList(0, chunks.size() - 1)) {
            assertTrue(chunk.matches("(?s).*[\\p{L}\\d]"), chunk);
        }
    }

    @Test
    void aTextWithoutWordsIsCutBetweenCharacters() throws IOException {
        String text = "x" + "\uD83D\uDE00".repeat(40_000);
        List<String> chunks = chunks(text, 1000);
        assertTrue(chunks.size() > 1);
        for (String chunk : chunks) {
            assertTrue(chunk.length() <= 16_000);
            assertFalse(Character.isHighSurrogate(chunk.charAt(chunk.length() - 1)));
        }
    }

    @Test
    void aShortTextIsOneChunk() throws IOException {
        assertEquals(List.of("a b c"), chunks("a b c", 1000));
        assertEquals(List.of(), chunks("", 1000));
    }
}
