package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.mamba;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.kernels.KernelChoice;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    @Test
    void saysWhichKernelsRunAndWhy() throws IOException {
        JsonNode json = mamba("doctor", "--json").json();
        assertEquals(KernelChoice.fromSystemProperty().load().description(), json.get("kernels").textValue());
        assertEquals("Java's Vector API is there", json.get("reason").textValue());
        assertEquals(Runtime.getRuntime().availableProcessors(), json.get("threads").intValue());
        assertTrue(json.get("advice").isArray());
        assertTrue(json.at("/machine/java").textValue().startsWith(Runtime.version().toString()));
        assertTrue(json.at("/machine/memory_bytes").longValue() > json.at("/machine/free_memory_bytes").longValue());
    }

    @Test
    void theTextHasTheSameFacts() {
        String out = mamba("doctor").succeeded().out();
        for (String name : new String[]{"mamba4j ", "Java ", "system ", "processors ", "memory ", "kernels ",
                "threads ", "to be faster "}) {
            assertTrue(out.lines().anyMatch(line -> line.startsWith(name)), () -> name + "is missing in\n" + out);
        }
    }
}
