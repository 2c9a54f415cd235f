package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The choice in this process, and in others that are started with and without the Vector API. */
@Timeout(240)
class KernelChoiceTest {
    private static final String WITH_VECTORS = "--add-modules=jdk.incubator.vector";
    private static final String OBSTACLE = "the Vector API is not loaded; start Java with --add-modules "
            + "jdk.incubator.vector";

    @TempDir
    private Path folder;

    /** What a process printed: one line for each of two attempts to load the kernels, and its log. */
    private record Outcome(List<String> lines, String log) {
        int warnings() {
            return log.split("slow scalar kernels", -1).length - 1;
        }
    }

    private Outcome load(String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Collections.addAll(command, flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LoadKernels.class.getName()));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        // They could add the module.
        builder.environment().remove("JDK_JAVA_OPTIONS");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        String log = "exit " + process.waitFor() + "\n" + Files.readString(err);
        assertTrue(log.startsWith("exit 0\n"), log);
        return new Outcome(Files.readAllLines(out), log);
    }

    private static List<String> twice(String line) {
        return List.of(line, line);
    }

    @Test
    void withTheModuleNothingIsInTheWay() {
        assertEquals(Optional.empty(), KernelChoice.obstacle());
        assertEquals("panama", KernelChoice.AUTO.load().name());
        assertEquals("panama", KernelChoice.PANAMA.load().name());
        assertEquals("scalar", KernelChoice.SCALAR.load().name());
    }

    @Test
    void theDefaultIsAuto() throws Exception {
        Outcome outcome = load(WITH_VECTORS);
        assertEquals(twice("panama"), outcome.lines());
        assertEquals(0, outcome.warnings(), outcome.log());
    }

    @Test
    void thePropertyChooses() throws Exception {
        for (String value : new String[]{"scalar", "panama"}) {
            assertEquals(twice(value), load(WITH_VECTORS, "-Dmamba4j.kernels=" + value).lines());
        }
        assertEquals(twice("panama"), load(WITH_VECTORS, "-Dmamba4j.kernels=auto").lines());
    }

    @Test
    void anotherValueIsRefused() throws Exception {
        for (String value : new String[]{"fast", "", "PANAMA"}) {
            assertEquals(twice("java.lang.IllegalArgumentException: -Dmamba4j.kernels=" + value
                    + ": expected auto, scalar or panama"), load(WITH_VECTORS, "-Dmamba4j.kernels=" + value).lines());
        }
    }

    @Test
    void vectorWidthsThatThereAreNotAreRefused() throws Exception {
        for (String value : new String[]{"100", "wide", "1024"}) {
            assertEquals(twice("java.lang.IllegalArgumentException: -Dmamba4j.vectorBits=" + value
                    + ": expected 128, 256 or 512"), load(WITH_VECTORS, "-Dmamba4j.vectorBits=" + value).lines());
        }
        assertEquals(twice("panama"), load(WITH_VECTORS, "-Dmamba4j.vectorBits=512").lines());
    }

    @Test
    void withoutTheModulePanamaFailsWithTheReason() throws Exception {
        Outcome outcome = load("-Dmamba4j.kernels=panama");
        assertEquals(twice("java.lang.IllegalStateException: the panama kernels cannot be used: " + OBSTACLE),
                outcome.lines());
    }

    @Test
    void withoutTheModuleAutoWarnsOnceAndRunsScalar() throws Exception {
        Outcome outcome = load();
        assertEquals(twice("scalar"), outcome.lines());
        assertEquals(1, outcome.warnings(), outcome.log());
        assertTrue(outcome.log().contains("Running on the slow scalar kernels: " + OBSTACLE), outcome.log());
    }

    @Test
    void withoutTheModuleScalarIsSilent() throws Exception {
        Outcome outcome = load("-Dmamba4j.kernels=scalar");
        assertEquals(twice("scalar"), outcome.lines());
        assertFalse(outcome.log().contains("WARN"), outcome.log());
    }

    @Test
    void withoutTheOptimisingCompilerAutoWarnsOnceAndRunsScalar() throws Exception {
        for (String flag : new String[]{"-XX:TieredStopAtLevel=1", "-Xint"}) {
            Outcome outcome = load(WITH_VECTORS, flag);
            assertEquals(twice("scalar"), outcome.lines());
            assertEquals(1, outcome.warnings(), outcome.log());
            assertTrue(outcome.log().contains("this JVM runs without its optimising compiler"), outcome.log());
        }
    }

    @Test
    void withVectorsThatAreTooNarrowAutoWarnsOnceAndRunsScalar() throws Exception {
        Outcome outcome = load(WITH_VECTORS, "-XX:MaxVectorSize=8");
        assertEquals(twice("scalar"), outcome.lines());
        assertEquals(1, outcome.warnings(), outcome.log());
        assertTrue(outcome.log().contains("the vectors of this JVM have 64 bits, and 128 are needed"), outcome.log());
    }

    @Test
    void panamaSaysWhatIsInItsWay() throws Exception {
        String refusal = "java.lang.IllegalStateException: the panama kernels cannot be used: ";
        for (String flag : new String[]{"-XX:TieredStopAtLevel=1", "-XX:MaxVectorSize=8"}) {
            Outcome outcome = load(WITH_VECTORS, "-Dmamba4j.kernels=panama", flag);
            assertTrue(outcome.lines().stream().allMatch(line -> line.startsWith(refusal)), outcome.lines()::toString);
            assertEquals(2, outcome.lines().size());
        }
    }
}
