package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatCommandTest {
    private static final String CAT = "There was a cat.";
    private static final String DRAGON = "A dragon ate all the apples.";
    private static final String THEN = "The cat";

    /** Lines in, answers out: the stop string keeps each answer on a line of its own. */
    private static CliRun chat(String... lines) {
        return mambaReading(String.join("\n", lines) + "\n", "chat", "--temperature", "0", "--max-new-tokens", "12",
                "--stop", "\n");
    }

    private static List<String> answers(String... lines) {
        CliRun run = chat(lines);
        assertEquals(0, run.code(), run.err());
        assertFalse(run.out().contains("\u001b"), run.out());
        return run.out().lines().toList();
    }

    @Test
    void answersEachLineOfStandardInput() {
        List<String> answers = answers(CAT, "", THEN);
        assertEquals(2, answers.size());
        assertEquals(mamba("generate", CAT, "--temperature", "0", "--max-new-tokens", "12", "--stop", "\n").succeeded()
                .out(), answers.getFirst() + "\n");
        assertNotEquals(answers(THEN).getFirst(), answers.get(1));
        chat(CAT).succeeded();
        assertEquals(List.of(), mambaReading("", "chat").succeeded().out().lines().toList());
    }

    @Test
    void undoTakesATurnBackExactly() {
        assertEquals(answers(CAT, THEN).get(1), answers(CAT, DRAGON, "/undo", THEN).get(2));
        assertNotEquals(answers(CAT, THEN).get(1), answers(CAT, DRAGON, THEN).get(2));
        CliRun nothing = chat("/undo");
        assertEquals(0, nothing.code());
        assertTrue(nothing.err().contains("nothing to undo"), nothing.err());
    }

    @Test
    void resetBeginsAgain() {
        List<String> answers = answers(CAT, DRAGON, "/reset", CAT);
        assertEquals(answers.getFirst(), answers.getLast());
    }

    @Test
    void goesOnFromASavedConversation(@TempDir Path folder) throws IOException {
        String file = folder.resolve("a talk").toString();
        CliRun saved = chat(CAT, DRAGON, "/save " + file, THEN);
        assertTrue(saved.err().contains("saved: 2 turns"), saved.err());
        assertEquals(saved.out().lines().toList().get(2), answers("/load " + file, THEN).getFirst());
        assertEquals(answers(CAT, THEN).get(1), answers("/load " + file, "/undo", THEN).getFirst());
        assertEquals(List.of(Path.of(file)), Files.list(folder).toList());
    }

    @Test
    void refusesAForeignOrDamagedFileAndLosesNothing(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("talk");
        chat(CAT, "/save " + file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        CliRun run = chat(CAT, "/load " + file, "/load " + folder.resolve("none"), "/load", "/save", "/fly", THEN);
        assertEquals(1, run.code());
        assertEquals(5, run.err().lines().filter(line -> line.startsWith("mamba: error: ")).count(), run.err());
        assertTrue(run.err().contains("checksum"), run.err());
        assertEquals(answers(CAT, THEN).get(1), run.out().lines().toList().get(1));
    }

    @Test
    void aMessageCanHaveSeveralLines() {
        String inOne = answers("\"\"\"There was", "a cat.\"\"\"").getFirst();
        assertEquals(inOne, answers("There was\\", "a cat.").getFirst());
        assertEquals(inOne, answers("\"\"\"", "There was", "a cat.\"\"\"").getFirst());
        assertNotEquals(inOne, answers("There was a cat.", "There").getFirst());
        assertEquals(1, answers("\"\"\"There was", "no end").size());
        assertEquals(1, answers("There was\\").size());
    }

    @Test
    void helpAndExitAreCommands() {
        CliRun run = chat("/help", "/exit", CAT);
        assertEquals("", run.out());
        for (String command : List.of("/save", "/load", "/undo", "/reset", "/exit")) {
            assertTrue(run.err().contains(command), run.err());
        }
        String help = mamba("chat", "--help").succeeded().out();
        assertTrue(help.contains("--system") && help.contains("--temperature") && help.contains("/undo"), help);
    }

    @Test
    void instructionsComeFirst() {
        assertNotEquals(answers(CAT).getFirst(), mambaReading(CAT + "\n", "chat", "--temperature", "0",
                "--max-new-tokens", "12", "--stop", "\n", "--system", "A story of a dragon.").succeeded().out()
                .strip());
    }

    @Test
    void writesMessagesAsTheCheckpointsTemplateSaysWithNoSecondBeginning(@TempDir Path folder) throws IOException {
        Path shipped = Path.of("..", "..", "weights", "src", "main", "resources", "io", "github", "mamba4j", "weights",
                "tinystories-mamba-2m");
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(shipped.resolve(name), folder.resolve(name));
        }
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ bos_token }}Tell {{ messages[-1].content }}:");
        String model = folder.toString();
        CliRun chat = mambaReading("a story\n", "chat", "--model", model, "--temperature", "0", "--max-new-tokens",
                "8");
        CliRun whole = mamba("generate", "Tell a story:", "--model", model, "--temperature", "0",
                "--max-new-tokens", "8");
        assertEquals(whole.succeeded().out(), chat.succeeded().out());
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ bos_token }}Tell {{ what }}{{ ':' if colon }}");
        CliRun given = mambaReading("x\n", "chat", "--model", model, "--temperature", "0", "--max-new-tokens", "8",
                "--template-variable", "what=\"a story\"", "--template-variable", "colon=true");
        assertEquals(whole.out(), given.succeeded().out());
        mamba("chat", "--model", model, "--template-variable", "what=a story").failed(2, "--template-variable", "what");
        mamba("chat", "--template-variable", "what=1").failed(1, "no chat template");
        Files.writeString(folder.resolve("chat_template.jinja"), "{{ raise_exception('no\nmore') }}");
        CliRun refused = mambaReading("a story\n", "chat", "--model", folder.toString());
        refused.failed(1, "the chat template refuses the messages: no more");
    }

    @Test
    void takesATokenizer() {
        mambaReading("Hi\n", "chat", "--model", golden("mamba-base")).failed(1, "tokenizer.json");
        mamba("chat", "--temperature", "-1").failed(2, "--temperature");
    }
}
