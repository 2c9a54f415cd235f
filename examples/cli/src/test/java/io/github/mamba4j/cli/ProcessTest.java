package io.github.mamba4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Scanner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only a process of its own shows: signals, pipes, the machine's encoding. Started as the launcher starts it. */
class ProcessTest {
    private static final int MINUTES = 2;
    private static final List<String> ENDLESS = List.of("generate", "Once upon a time", "--seed", "1", "--ignore-eos",
            "--max-new-tokens", "100000000");

    @TempDir
    private Path folder;

    private Process start(List<String> jvmOptions, List<String> args) throws IOException {
        return builder(jvmOptions, args).redirectError(folder.resolve("err").toFile()).start();
    }

    private static ProcessBuilder builder(List<String> jvmOptions, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + Path.of("target", "launcher", "java.args"));
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Mamba.class.getName()));
        command.addAll(args);
        return new ProcessBuilder(command);
    }

    private void assertEnds(Process process, int code) throws Exception {
        try {
            assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), "the process does not end");
            assertEquals("", messages());
            assertEquals(code, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    /** Standard error without what Java itself says of the Vector API. */
    private String messages() throws IOException {
        return Files.readAllLines(folder.resolve("err")).stream()
                .filter(line -> !line.startsWith("WARNING: Using incub"))
                .collect(Collectors.joining("\n"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void ctrlCKeepsTheTextAndEndsTheLine() throws Exception {
        Process process = start(List.of(), ENDLESS);
        byte[] first = process.getInputStream().readNBytes(40);
        interrupt(process);
        String rest = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEnds(process, 130);
        assertEquals(40, first.length);
        assertTrue(rest.endsWith("\n"), rest);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void ctrlCLeavesNoHalfResultToPrograms() throws Exception {
        List<String> args = new ArrayList<>(ENDLESS);
        args.add("--json");
        Process process = builder(List.of("-Dmamba4j.terminal=true"), args).start();
        // A progress bar shows that generating has begun.
        assertTrue(new Scanner(process.getErrorStream(), StandardCharsets.UTF_8).useDelimiter("%").next()
                .contains("Generating"));
        interrupt(process);
        byte[] out = process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), "the process does not end");
        assertEquals(130, process.exitValue());
        assertEquals(0, out.length);
    }

    /** Ends the process later if it ignores interrupts, as whatever a script has started in the background does. */
    private static void interrupt(Process process) throws Exception {
        CompletableFuture.delayedExecutor(MINUTES, TimeUnit.MINUTES).execute(process::destroyForcibly);
        assertEquals(0, new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor());
    }

    @Test
    void aFullHeapIsOneLine() throws Exception {
        Path text = Files.writeString(folder.resolve("big.txt"), "Once upon a time there was a dog. ".repeat(400_000));
        Process process = start(List.of("-XX:+UseSerialGC", "-Xmx24m"),
                List.of("tokenize", "--ids", "--file", text.toString()));
        byte[] out = process.getInputStream().readAllBytes();
        assertTrue(process.waitFor(MINUTES, TimeUnit.MINUTES), "the process does not end");
        assertEquals(1, process.exitValue(), messages());
        assertTrue(messages().startsWith("mamba: error: out of memory"), messages());
        assertEquals(1, messages().lines().count(), messages());
        assertEquals(0, out.length);
    }

    @Test
    void aPipeThatIsClosedEndsTheProgramQuietly() throws Exception {
        Process process = start(List.of(), ENDLESS);
        try (InputStream out = process.getInputStream()) {
            assertEquals(10, out.readNBytes(10).length);
        }
        assertEnds(process, 0);
    }

    @Test
    void textIsUtf8WhateverTheLocale() throws Exception {
        Process process = start(List.of("-Dfile.encoding=ISO-8859-1", "-Dstdout.encoding=US-ASCII"),
                List.of("tokenize", "--decode", "67,65,70,128,103,221,173,254,247,223"));
        byte[] out = process.getInputStream().readAllBytes();
        assertEnds(process, 0);
        assertArrayEquals("caf\u00E9 \uD83D\uDE00\n".getBytes(StandardCharsets.UTF_8), out);
    }
}
