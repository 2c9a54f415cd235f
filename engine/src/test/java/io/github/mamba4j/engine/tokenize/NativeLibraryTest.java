package io.github.mamba4j.engine.tokenize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is loaded and written, seen from outside a JVM of its own. */
class NativeLibraryTest {
    @TempDir
    private Path home;
    @TempDir
    private Path temporary;

    /** Encodes with the choice that is named. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) throws IOException {
            try (HfTokenizer tokenizer = HfTokenizer.load(Path.of(args[0]))) {
                boolean loaded = false;
                if (Files.exists(Path.of("/proc/self/maps"))) {
                    loaded = Files.readString(Path.of("/proc/self/maps")).contains("tokenizers");
                }
                System.out.println(tokenizer.encode("aa").length + " " + tokenizer.implementation() + " " + loaded);
            }
        }
    }

    private List<String> run(String choice) throws IOException, InterruptedException {
        Path file = home.resolve("tokenizer.json");
        Files.writeString(file, SmallTokenizers.all("bytes only"));
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow(),
                "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED", "-Duser.home=" + home, "-Djava.io.tmpdir=" + temporary,
                "-Dmamba4j.tokenizer=" + choice, "-cp", System.getProperty("java.class.path"), Program.class.getName(),
                file.toString()));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        List<String> lines = new String(process.getInputStream().readAllBytes()).lines().toList();
        assertEquals(0, process.waitFor());
        return lines;
    }

    private static long files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(path -> !path.equals(folder) && !path.toString().contains("hsperfdata")).count();
        }
    }

    @Test
    void javaLoadsNoNativeCodeAndWritesNothing() throws Exception {
        assertTrue(run("auto").get(0).endsWith(" JAVA false"));
        assertEquals(1, files(home));
        assertEquals(0, files(temporary));
    }

    /** A library that somebody has put where DJL looks for one is not touched. */
    @Test
    void theNativeLibraryComesFromAPrivateFolderThatIsGoneAfterwards() throws Exception {
        Path planted = temporary.resolve(".djl.ai/tokenizers/0.21.0-0.36.0-cpu-linux-x86_64/libtokenizers.so");
        Files.createDirectories(planted.getParent());
        Files.writeString(planted, "not a library");
        long before = files(temporary);
        String line = run("hf").get(0);
        assertTrue(line.contains(" HF "), line);
        assertEquals(1, files(home));
        boolean keepsFiles = File.separatorChar == '\\';
        assertTrue(keepsFiles || files(temporary) == before);
    }
}
