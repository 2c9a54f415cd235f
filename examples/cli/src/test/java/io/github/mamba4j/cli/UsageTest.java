package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.mamba;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    @ParameterizedTest
    @ValueSource(strings = {"generate", "chat", "score", "embed", "inspect", "tokenize", "template", "info", "doctor",
            "bench", "download", "list", "remove"})
    void everyCommandHasHelpAndAVersion(String command) {
        String help = mamba(command, "--help").succeeded().out();
        assertTrue(help.startsWith("Usage: mamba " + command + " "), help);
        assertTrue(help.contains("Exit codes:"), help);
        assertTrue(mamba(command, "--version").succeeded().out().startsWith("mamba4j "));
    }

    @Test
    void theProgramsHelpListsTheCommands() {
        String help = mamba("--help").succeeded().out();
        for (String command : new String[]{"generate", "chat", "score", "embed", "inspect", "tokenize", "template",
                "info",
                "doctor", "bench", "download", "list", "remove"}) {
            assertTrue(help.lines().anyMatch(line -> line.matches("  " + command + " +\\S.*")), help);
        }
    }

    @Test
    void helpIsACommandToo() {
        assertEquals(mamba("score", "--help").succeeded().out(), mamba("help", "score").succeeded().out());
        assertEquals(mamba("--help").succeeded().out(), mamba("help").succeeded().out());
    }

    @Test
    void theProgramsHelpHasALineOrTwoForEachCommand() {
        List<String> lines = mamba("--help").succeeded().out().lines().toList();
        int commands = lines.indexOf("Commands:");
        for (int i = commands + 1; !lines.get(i).isEmpty(); i++) {
            boolean third = lines.get(i).startsWith("    ") && lines.get(i - 1).startsWith("    ");
            assertFalse(third, lines.get(i));
        }
    }

    @Test
    void aPromptIsNeitherAFileOfArgumentsNorAnOption(@TempDir Path folder) throws IOException {
        Path arguments = Files.writeString(folder.resolve("arguments"), "--wings");
        mamba("generate", "--max-new-tokens", "1", "@" + arguments).succeeded();
        mamba("generate", "--max-new-tokens", "1", "--", "- a list").succeeded();
    }

    @Test
    void theVersionIsThatOfTheBuild() {
        String version = mamba("--version").succeeded().out().lines().findFirst().orElseThrow();
        assertTrue(version.matches("mamba4j \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"), version);
    }

    @Test
    void whatIsNotUnderstoodIsAUsageError() {
        mamba().failed(2, "command", "mamba --help");
        mamba("fly").failed(2, "fly");
        mamba("generate", "Once", "--wings").failed(2, "--wings", "mamba generate --help");
        mamba("generate", "Once", "upon").failed(2, "upon");
        mamba("generate", "Once", "--top-k").failed(2, "--top-k");
        mamba("generate", "Once", "--prompt-file", "x").failed(2, "PROMPT", "--prompt-file");
    }

    @Test
    void verboseAddsTheStackTrace() {
        CliRun quiet = mamba("info", "--model", "nowhere").failed(1, "nowhere");
        CliRun verbose = mamba("info", "--model", "nowhere", "--verbose");
        assertEquals(1, verbose.code());
        assertEquals("", verbose.out());
        assertTrue(verbose.err().startsWith(quiet.err()), verbose.err());
        assertTrue(verbose.err().contains("\tat io.github.mamba4j."), verbose.err());
        assertFalse(quiet.err().contains("\tat "), quiet.err());
    }
}
