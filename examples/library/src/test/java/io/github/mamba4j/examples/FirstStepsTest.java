package io.github.mamba4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FirstStepsTest {
    private static final String STORY = """
        Once upon a time, there was a little girl named Lily. She loved to play outside in the sunshine. \
        One day, she saw a big, red ball. She wanted to play with it too.
        Lily asked her mom, "What is that?" Her mom said, "It's a ball,""";

    @Test
    void printsTheStoryThatTheReadmeShows() throws IOException {
        PrintStream standardOutput = System.out;
        var out = new ByteArrayOutputStream();
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            FirstSteps.main(new String[0]);
        } finally {
            System.setOut(standardOutput);
        }
        assertEquals(STORY, out.toString(StandardCharsets.UTF_8).stripTrailing());
        String continuation = STORY.substring("Once upon a time".length());
        assertTrue(readme().contains("\n" + continuation + "\n"), "the README shows another story");
    }

    @Test
    void theReadmeShowsThisVeryProgram() throws IOException {
        String source = Files
                .readString(Path.of("src", "main", "java", "io", "github", "mamba4j", "examples", "FirstSteps.java"));
        assertTrue(readme().contains("\n```java\n" + source + "```\n"), "the README shows another program");
    }

    private static String readme() throws IOException {
        return Files.readString(Path.of("..", "..", "README.md"));
    }
}
