package io.github.mamba4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every example runs and shows what it is for. */
class ExamplesTest {
    private interface Example {
        void run(PrintStream out) throws Exception;
    }

    private static List<String> lines(Example example) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            example.run(out);
        }
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void generateContinuesThePromptAlike() throws Exception {
        List<String> lines = lines(Generate::run);
        assertTrue(lines.getFirst().startsWith("Once upon a time") && lines.getFirst().length() > 40, lines::toString);
        assertEquals("60 tokens, then length", lines.getLast());
        assertEquals(lines, lines(Generate::run));
    }

    @Test
    void streamStopsAfterThreeSentences() throws Exception {
        String text = String.join("\n", lines(Stream::run));
        assertTrue(text.startsWith("The little dog"), text);
        assertEquals(3, text.chars().filter(c -> c == '.').count(), text);
    }

    @Test
    void batchShowsEachText() throws Exception {
        String text = String.join("\n", lines(Batch::run));
        assertTrue(text.startsWith("* Once upon a time"), text);
        assertTrue(text.contains("\n* Lily and her mother went to the park. They saw a "), text);
        assertTrue(text.contains("\n* The sun "), text);
    }

    @Test
    void forksOfAConversationDiffer() throws Exception {
        List<String> lines = lines(ForkConversation::run);
        assertTrue(lines.getFirst().contains(" KB]"), lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("-> She was sad")), lines::toString);
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("-> She had a big dog")), lines::toString);
    }

    @Test
    void theNearestSentenceIsAboutTheDogAndTheBall() throws Exception {
        List<String> lines = lines(NearestNeighbours::run);
        assertEquals(4, lines.size(), lines::toString);
        assertEquals("- The dog ran after the ball in the park.", lines.get(1), lines::toString);
    }

    @Test
    void theToolCallParsesAndIsMade() throws Exception {
        List<String> lines = lines(JsonToolCall::run);
        assertTrue(lines.getFirst().matches("\\{\"tool\": ?\"(throw_ball|feed)\".*}"), lines::toString);
        assertTrue(lines.get(1).matches("(throw_ball|feed)\\((dog|cat|bird)\\)"), lines::toString);
    }

    @Test
    void djlPredictsAndStreamsTheSame() throws Exception {
        String text = String.join("\n", lines(DjlExample::run));
        String[] parts = text.split("\nStreamed:");
        assertEquals(2, parts.length, text);
        assertEquals(parts[0], parts[1].strip());
    }

    @Test
    void tensorsAndEngineAgree() throws Exception {
        List<String> lines = lines(Nd4jExample::run);
        assertEquals("Once upon a time, there was a little girl", lines.getFirst());
        double difference = Double.parseDouble(lines.getLast().replaceAll(".*: ", ""));
        assertTrue(difference < 1e-4, lines::toString);
    }
}
