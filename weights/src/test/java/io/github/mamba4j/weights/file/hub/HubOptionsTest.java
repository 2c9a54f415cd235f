package io.github.mamba4j.weights.file.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubOptionsTest {
    private static Path cache(Map<String, String> environment) throws IOException {
        return HubOptions.fromEnvironment(environment).cache();
    }

    @Test
    void theCacheIsWhereOthersLookForIt() throws IOException {
        Path home = Path.of(System.getProperty("user.home"));
        assertEquals(home.resolve(".cache/huggingface/hub"), cache(Map.of()));
        assertEquals(Path.of("/x/huggingface/hub").toAbsolutePath(), cache(Map.of("XDG_CACHE_HOME", "/x")));
        assertEquals(Path.of("/h/hub").toAbsolutePath(), cache(Map.of("XDG_CACHE_HOME", "/x", "HF_HOME", "/h")));
        assertEquals(Path.of("/old").toAbsolutePath(), cache(Map.of("HUGGINGFACE_HUB_CACHE", "/old", "HF_HOME", "/h")));
        assertEquals(Path.of("/c").toAbsolutePath(),
                cache(Map.of("HF_HUB_CACHE", "/c", "HUGGINGFACE_HUB_CACHE", "/old", "HF_HOME", "/h")));
        assertEquals(home.resolve("models"), cache(Map.of("HF_HUB_CACHE", "~/models")));
        assertEquals(home.resolve(".cache/huggingface/hub"), cache(Map.of("HF_HUB_CACHE", "")));
    }

    @Test
    void theTokenIsThatOfTheEnvironmentOrTheFile(@TempDir Path home) throws IOException {
        Map<String, String> environment = Map.of("HF_HOME", home.toString());
        assertEquals(Optional.empty(), HubOptions.fromEnvironment(environment).token());
        Files.writeString(home.resolve("token"), "hf_file\n");
        assertEquals(Optional.of("hf_file"), HubOptions.fromEnvironment(environment).token());
        Path other = Files.writeString(home.resolve("other"), "hf_other");
        assertEquals(Optional.of("hf_other"),
                HubOptions.fromEnvironment(Map.of("HF_TOKEN_PATH", other.toString())).token());
        assertEquals(Optional.of("hf_set"),
                HubOptions.fromEnvironment(Map.of("HF_TOKEN", " hf_set\n", "HF_HOME", home.toString())).token());
        assertEquals(Optional.empty(), HubOptions.fromEnvironment(Map.of("HF_TOKEN", "hf_set", "HF_HOME",
                home.toString(), "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")).token());
    }

    @Test
    void aTokenThatIsNoneIsNotShown(@TempDir Path home) throws IOException {
        HubOptions options = HubOptions.fromEnvironment(Map.of("HF_TOKEN", "secret\nInjected: yes"));
        String message = assertThrows(HubException.class, options::token).getMessage();
        assertTrue(message.startsWith("HF_TOKEN: expected a token"), message);
        assertFalse(message.contains("secret"), message);
        Files.write(home.resolve("token"), new byte[5000]);
        HubOptions file = HubOptions.fromEnvironment(Map.of("HF_HOME", home.toString()));
        assertTrue(assertThrows(HubException.class, file::token).getMessage().contains("5000 bytes"));
    }

    @Test
    void theServerAndTheNetwork() throws IOException {
        assertEquals(URI.create("https://huggingface.co"), HubOptions.fromEnvironment(Map.of()).endpoint());
        assertEquals(URI.create("http://mirror:8080/hf"),
                HubOptions.fromEnvironment(Map.of("HF_ENDPOINT", "http://mirror:8080/hf/")).endpoint());
        assertFalse(HubOptions.fromEnvironment(Map.of("HF_HUB_OFFLINE", "0")).offline());
        assertTrue(HubOptions.fromEnvironment(Map.of("HF_HUB_OFFLINE", "True")).offline());
        assertTrue(HubOptions.fromEnvironment(Map.of("TRANSFORMERS_OFFLINE", "1")).offline());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mirror", "ftp://mirror", "https://", "https://user@mirror", "https://mirror?x", "a b"})
    void anAddressThatIsNoneIsRefused(String address) {
        String message = assertThrows(HubException.class,
                () -> HubOptions.fromEnvironment(Map.of("HF_ENDPOINT", address))).getMessage();
        assertTrue(message.startsWith("HF_ENDPOINT: expected an address"), message);
    }

    @Test
    void theNumberOfConnectionsIsBounded() {
        assertEquals(32, HubOptions.builder().connections(32).build().connections());
        assertThrows(IllegalArgumentException.class, () -> HubOptions.builder().connections(0));
        assertThrows(IllegalArgumentException.class, () -> HubOptions.builder().connections(33));
    }
}
