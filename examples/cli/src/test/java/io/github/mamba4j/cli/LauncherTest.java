package io.github.mamba4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script {@code mamba}, in a repository that has nothing else, with a Java and a Maven that only say what they do. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String MAVEN = """
        #!/bin/sh
        echo mvn >> "$LOG"
        [ -z "${BROKEN:-}" ] || { echo '[ERROR] no luck'; exit 1; }
        mkdir -p examples/cli/target/lib && : > examples/cli/target/mamba.jar
        """;
    private static final String JAVA = """
        #!/bin/sh
        for option in "$@"; do
          case $option in
            -XX:ArchiveClassesAtExit=*) echo classes > "${option#*=}"; exit ;;
          esac
        done
        printf '%s\\n' "$0" "locale=${LC_ALL:-}" "$@"
        cat
        """;

    @TempDir
    private Path folder;

    private Path repository;

    @BeforeEach
    void makeRepository() throws IOException {
        repository = Files.createDirectory(folder.resolve("a repository"));
        Files.copy(Path.of("..", "..", "mamba"), repository.resolve("mamba"));
        for (String module : List.of("kernels", "weights", "engine", "examples/cli")) {
            Files.createDirectories(repository.resolve(module).resolve("src/main"));
            Files.writeString(repository.resolve(module).resolve("pom.xml"), "");
        }
        Files.writeString(repository.resolve("pom.xml"), "");
        Files.writeString(repository.resolve("examples/pom.xml"), "");
        script(folder.resolve("tools/mvn"), MAVEN);
        jdk("25.0.1");
        jdk("17.0.9");
    }

    private void jdk(String version) throws IOException {
        Path jdk = folder.resolve("jdk " + version);
        script(jdk.resolve("bin/java"), JAVA);
        script(jdk.resolve("bin/javac"), "#!/bin/sh\n");
        Files.writeString(jdk.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        assertTrue(file.toFile().setExecutable(true));
    }

    private CliRun run(Map<String, String> environment, String... command) throws Exception {
        var builder = new ProcessBuilder(command).directory(folder.toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().keySet().removeAll(
                List.of("MAMBA_JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.environment().put("LOG", folder.resolve("log").toString());
        builder.environment().put("JAVA_HOME", folder.resolve("jdk 25.0.1").toString());
        builder.environment().merge("PATH", folder.resolve("tools").toString(), (path, tools) -> tools + ":" + path);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        return new CliRun(process.exitValue(), out, Files.readString(folder.resolve("err")));
    }

    private CliRun launch(String... args) throws Exception {
        String[] command = new String[args.length + 1];
        command[0] = repository.resolve("mamba").toString();
        System.arraycopy(args, 0, command, 1, args.length);
        CliRun run = run(Map.of(), command);
        assertEquals(0, run.code(), run.err());
        return run;
    }

    private long builds() throws IOException {
        return Files.readAllLines(folder.resolve("log")).size();
    }

    @Test
    void argumentsArriveAsTheyWereGiven() throws Exception {
        List<String> lines = launch("generate", "two  words", "*", "", "$HOME").out().lines().toList();
        int jar = lines.indexOf("-jar");
        assertEquals(repository.resolve("examples/cli/target/mamba.jar").toRealPath().toString(), lines.get(jar + 1));
        assertEquals(List.of("generate", "two  words", "*", "", "$HOME"), lines.subList(jar + 2, lines.size()));
    }

    /** Of two options that contradict each other Java takes the last. */
    @Test
    void theUsersOptionsComeLastOfAllOptions() throws Exception {
        CliRun run = run(Map.of("MAMBA_JAVA_OPTS", "-Xmx1g -Dx=y"), repository.resolve("mamba").toString(), "info");
        List<String> lines = run.out().lines().toList();
        int jar = lines.indexOf("-jar");
        assertEquals(List.of("-Xmx1g", "-Dx=y"), lines.subList(jar - 2, jar));
        assertEquals(1, lines.stream().filter("-Xmx1g"::equals).count());
    }

    /** Java does not start with two collectors, or with a heap that begins larger than it may become. */
    @ParameterizedTest
    @CsvSource({"MAMBA_JAVA_OPTS, -XX:+UseZGC", "JAVA_TOOL_OPTIONS, -XX:+UseG1GC", "JDK_JAVA_OPTIONS, -Xmx32m",
            "_JAVA_OPTIONS, -XX:MaxHeapSize=48m", "MAMBA_JAVA_OPTS, -XX:MaxRAMPercentage=10"})
    void collectorAndHeapAreTheUsersIfTheySay(String variable, String option) throws Exception {
        CliRun run = run(Map.of(variable, option), repository.resolve("mamba").toString(), "info");
        assertEquals(0, run.code(), run.err());
        assertFalse(run.out().contains("memory.args"), run.out());
        // What Java has to say of them is seen.
        assertFalse(run.out().contains("-Dmamba4j.stderr"), run.out());
    }

    @Test
    void otherOptionsLeaveCollectorAndHeap() throws Exception {
        CliRun run = run(Map.of("JAVA_TOOL_OPTIONS", "-Dx=y"), repository.resolve("mamba").toString(), "info");
        assertTrue(run.out().contains("memory.args"), run.out());
        assertTrue(launch("info").out().contains("memory.args"));
    }

    @Test
    void largePagesAreAskedForWhereTheSystemWantsToBeAsked() throws Exception {
        Path pages = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
        boolean onRequest = Files.isReadable(pages) && Files.readString(pages).contains("[madvise]");
        assertEquals(onRequest, launch("info").out().lines().anyMatch("-XX:+UseTransparentHugePages"::equals));
    }

    @Test
    void buildsOnFirstUseAndAfterAChangeOnly() throws Exception {
        assertTrue(launch().err().contains("building"));
        assertEquals("", launch().err());
        assertEquals(1, builds());
        Path source = Files.writeString(repository.resolve("engine/src/main/New.java"), "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
        launch();
        assertEquals(2, builds());
    }

    @Test
    void aFailedBuildIsAFailureThatNamesTheLog() throws Exception {
        CliRun run = run(Map.of("BROKEN", "yes"), repository.resolve("mamba").toString());
        assertEquals(1, run.code());
        assertEquals("", run.out());
        assertTrue(run.err().contains("no luck") && run.err().contains("build.log"), run.err());
    }

    @Test
    void startsThroughLinks() throws Exception {
        launch();
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a repository/mamba"));
        Path far = Files.createSymbolicLink(Files.createDirectory(folder.resolve("bin")).resolve("mamba"),
                Path.of("../link"));
        assertEquals(0, run(Map.of(), link.toString()).code());
        assertEquals(0, run(Map.of(), far.toString()).code());
        assertEquals(0, run(Map.of(), "sh", "a repository/mamba").code());
        assertEquals(0, run(Map.of("PATH", far.getParent() + ":" + System.getenv("PATH")), "sh", "-c", "mamba").code());
        assertEquals(1, builds());
    }

    @Test
    void aJdkThatIsTooOldOrNoneIsPassedOver() throws Exception {
        String good = folder.resolve("jdk 25.0.1/bin").toString();
        String path = good + ":" + folder.resolve("tools") + ":" + System.getenv("PATH");
        for (String home : List.of(folder.resolve("jdk 17.0.9").toString(), "/nonsense", "")) {
            CliRun run = run(Map.of("JAVA_HOME", home, "PATH", path), repository.resolve("mamba").toString());
            assertEquals(good + "/java", run.out().lines().findFirst().orElseThrow(), run.err());
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void lettersBeyondAsciiReachJavaInThePlainLocaleToo() throws Exception {
        CliRun run = run(Map.of("LC_ALL", "C"), repository.resolve("mamba").toString());
        assertTrue(run.out().contains("locale=C.UTF-8\n"), run.out());
    }

    @Test
    void standardStreamsMayBeClosed() throws Exception {
        launch();
        String mamba = "'" + repository.resolve("mamba") + "' x";
        for (String closed : List.of("<&-", "2>&-")) {
            CliRun run = run(Map.of(), "sh", "-c", mamba + " " + closed);
            assertEquals(0, run.code(), closed);
            assertTrue(run.out().endsWith("x\n"), closed + ": " + run.out());
        }
    }
}
