package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A kind of mixer is known to its configuration, its weights, its mixer, the families that have it, and to tensor code that
 * reimplements it; to nothing else. Another kind then touches no other file.
 */
class MixerKindsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final List<String> MODULES = List.of("kernels", "weights", "engine", "examples/cli",
            "examples/library");
    private static final Pattern ALLOWED = Pattern.compile(".*/(weights/(config|mixer|family)|engine/(mixer|nd4j))/.*");

    /** The records that the sealed configuration permits, without the ending. */
    private static Pattern kinds() throws IOException {
        Path sealed = ROOT.resolve("weights/src/main/java/io/github/mamba4j/weights/config/MixerConfig.java");
        Matcher permits = Pattern.compile("permits ([^{]*)\\{").matcher(Files.readString(sealed));
        assertTrue(permits.find(), "a sealed interface permits");
        String names = String.join("|", permits.group(1).replace("Config", "").trim().split(",\\s*"));
        return Pattern.compile("\\b(" + names + ")(Config|Weights|Mixer)\\b");
    }

    @Test
    void aKindOfMixerIsNamedOnlyWhereItIsMade() throws IOException {
        Pattern kinds = kinds();
        assertTrue(kinds.matcher("Mamba1Config").matches(), kinds::pattern);
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                List<Path> strangers = files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> !ALLOWED.matcher(file.toString().replace('\\', '/')).matches())
                        .filter(file -> kinds.matcher(read(file)).find()).toList();
                assertEquals(List.of(), strangers, "files that name a kind of mixer");
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
