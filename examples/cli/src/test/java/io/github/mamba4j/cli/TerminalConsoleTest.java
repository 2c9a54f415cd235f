package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.mamba;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalConsoleTest {
    /** What a terminal sends for the key that calls the line before back. */
    private static final String LINE_BEFORE = "\u0010";

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    private TerminalConsole typing(String keys) throws IOException {
        return new TerminalConsole(
                new DumbTerminal("test", "ansi", new ByteArrayInputStream(keys.getBytes(StandardCharsets.UTF_8)),
                        screen, StandardCharsets.UTF_8));
    }

    private static List<String> keptLines(Path file) throws IOException {
        return Files.readAllLines(file).stream().map(line -> line.replaceFirst("^\\d+:", "")).toList();
    }

    @Test
    void linesAreKeptAndCalledBackInTheNextConversation() throws Exception {
        Path file = folder.resolve("my lines");
        try (TerminalConsole first = typing("Once upon a time\na caf\u00E9!\n")) {
            first.keepHistory(file);
            assertEquals("Once upon a time", first.readLine("> "));
            assertEquals(List.of("Once upon a time"), keptLines(file));
            assertEquals("a caf\u00E9!", first.readLine("> "));
            assertNull(first.readLine("> "));
        }
        try (TerminalConsole second = typing(LINE_BEFORE + LINE_BEFORE + "\n")) {
            second.keepHistory(file);
            assertEquals("Once upon a time", second.readLine("> "));
        }
        assertEquals(List.of("Once upon a time", "a caf\u00E9!", "Once upon a time"), keptLines(file));
    }

    @Test
    void nothingIsKeptUnasked() throws Exception {
        try (TerminalConsole console = typing("hello\n")) {
            assertEquals("hello", console.readLine("> "));
        }
        try (var files = Files.list(folder)) {
            assertEquals(0, files.count());
        }
    }

    @Test
    void aConversationGoesOnWhenItsHistoryCannotBeKept() throws Exception {
        Path place = Files.createDirectory(folder.resolve("place"));
        try (TerminalConsole console = typing("one\ntwo\nthree\n")) {
            console.keepHistory(place.resolve("lines"));
            assertEquals("one", console.readLine("> "));
            Files.delete(place.resolve("lines"));
            Files.delete(place);
            Files.writeString(place, "in the way");
            assertEquals("two", console.readLine("> "));
            assertEquals("three", console.readLine("> "));
        }
        String shown = screen.toString(StandardCharsets.UTF_8);
        assertEquals(2, shown.split("no longer kept", -1).length, shown);
        assertFalse(shown.contains("Exception"), shown);
    }

    @Test
    void aFileThatIsNoHistoryIsRefusedAndLeftAsItIs() throws Exception {
        byte[] bytes = {(byte) 0xff, (byte) 0xfe, 'a', '\n', 'b'};
        Path file = Files.write(folder.resolve("picture"), bytes);
        try (TerminalConsole console = typing("hello\n")) {
            IOException e = assertThrows(IOException.class, () -> console.keepHistory(file));
            assertTrue(e.getMessage().startsWith(file + ": expected the lines"), e.getMessage());
        }
        assertEquals(5, Files.size(file));
    }

    @Test
    void aPlaceWhereNothingCanBeKeptIsFoundOutBeforeTheConversation() {
        mamba("chat", "--history", folder.toString()).failed(1, folder.toString(), "found a folder");
        String nowhere = folder.resolve("none").resolve("lines").toString();
        mamba("chat", "--history", nowhere).failed(1, nowhere, "there is no folder");
        mamba("chat", "--history", "").failed(2, "--history", "empty");
    }
}
