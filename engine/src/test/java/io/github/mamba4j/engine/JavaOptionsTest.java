package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same program under Javas that are started in the ways of those who do not know our flags. */
@Timeout(240)
class JavaOptionsTest {
    private static final String VECTORS = "--add-modules=jdk.incubator.vector";
    private static final String TEXT = ", there was a little";

    @TempDir
    private Path folder;

    /** What the program wrote to standard error; on standard output it must have told the story with these kernels. */
    private String tell(String kernels, String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TellStory.class.getName()));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().keySet().removeAll(List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
        int exit = builder.start().waitFor();
        String log = Files.readString(err);
        assertEquals(0, exit, log);
        assertEquals(kernels + TEXT + "\n", Files.readString(out), log);
        return log;
    }

    private static void assertWarnsOnce(String reason, String log) {
        assertEquals(2, log.split("Running on the slow scalar kernels", -1).length, log);
        assertTrue(log.contains(reason), log);
    }

    @Test
    void withoutFlags() throws Exception {
        assertWarnsOnce("start Java with --add-modules jdk.incubator.vector", tell("scalar"));
    }

    @Test
    void withTheVectorApi() throws Exception {
        String log = tell("panama", VECTORS);
        assertTrue(!log.contains("scalar"), log);
    }

    @Test
    void withoutTheOptimisingCompiler() throws Exception {
        assertWarnsOnce("without its optimising compiler", tell("scalar", VECTORS, "-XX:TieredStopAtLevel=1"));
    }

    @Test
    void withVectorsOf64Bits() throws Exception {
        assertWarnsOnce("have 64 bits", tell("scalar", VECTORS, "-XX:MaxVectorSize=8"));
    }
}
