package io.github.mamba4j.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** A run of the program inside this JVM: its exit code, and what it wrote. */
record CliRun(int code, String out, String err) {
    static final Path GOLDEN = Path.of("..", "..", "engine", "src", "test", "resources", "golden");

    static CliRun mamba(String... args) {
        return mambaReading("", args);
    }

    static CliRun mambaReading(String standardInput, String... args) {
        return mamba(System.getenv(), false, standardInput, args);
    }

    /** A run with other environment variables, with a person at the terminal or without. */
    static CliRun mamba(Map<String, String> environment, boolean interactive, String standardInput, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var in = new ByteArrayInputStream(standardInput.getBytes(StandardCharsets.UTF_8));
        int code = Mamba.run(new Io(in, out, err, false, interactive, environment), args);
        return new CliRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static String golden(String name) {
        return GOLDEN.resolve(name).toString();
    }

    /** Checks that all went well and quietly. */
    CliRun succeeded() {
        assertAll(() -> assertEquals("", err), () -> assertEquals(0, code));
        return this;
    }

    /** Checks that the run ended as a failure has to: nothing on standard output, one line that says why. */
    CliRun failed(int expectedCode, String... expectedParts) {
        assertAll(() -> assertEquals(expectedCode, code), () -> assertEquals("", out),
                () -> assertTrue(err.startsWith("mamba: error: "), err),
                () -> assertEquals(1, err.lines().count(), err), () -> assertFalse(err.contains("Exception"), err));
        for (String part : expectedParts) {
            assertTrue(err.contains(part), () -> "expected '" + part + "' in: " + err);
        }
        return this;
    }

    /** Standard output as the one JSON object it has to be. */
    JsonNode json() throws IOException {
        succeeded();
        assertEquals(1, out.lines().count(), out);
        JsonNode node = new ObjectMapper().readTree(out);
        assertTrue(node.isObject(), out);
        return node;
    }
}
