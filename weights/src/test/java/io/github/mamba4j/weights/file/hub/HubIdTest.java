package io.github.mamba4j.weights.file.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubIdTest {
    @Test
    void readsAllParts() {
        assertEquals(new HubId("state-spaces", "mamba-130m-hf", "main", Optional.empty()),
                HubId.parse("state-spaces/mamba-130m-hf"));
        assertEquals(new HubId("a", "b_1.5", "refs/pr/1", Optional.empty()), HubId.parse("a/b_1.5@refs/pr/1"));
        assertEquals(new HubId("a", "b-GGUF", "main", Optional.of("Q4_K_M")), HubId.parse("hf://a/b-GGUF:Q4_K_M"));
        assertEquals(new HubId("a", "b", "v1.0", Optional.of("b-Q8_0.gguf")), HubId.parse("a/b@v1.0:b-Q8_0.gguf"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a/b@v1", "a/b:F16", "a/b@refs/pr/1:Q4_0"})
    void isWrittenAsItIsRead(String text) {
        assertEquals(text, HubId.parse(text).toString());
        assertTrue(HubId.isId(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "/b", "a/", "a/b/c", "./a", "../a", "a/..", "a/.b", "a/b.", "-a/b", "a/b--c",
            "a--b/c", "a/b.git", "a/b..c", "a\\b", "a/b\u0000", "a/b\n", "a/b c", "a/b@", "a/b:", "a/b@../x",
            "a/b@x/../y",
            "a/b@/x", "a/b@x/", "a/b@x//y", "a/b@.x", "a/b@x/.y", "a/b@x\\y", "a/b:../x", "a/b:x/y", "a/b:Q4:Q5",
            "C:/b", "/root/b", "a/b@x@y", "a/\u00e9", "https://h/a/b"})
    void refusesWhatIsNoName(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> HubId.parse(text)).getMessage();
        assertTrue(message.startsWith("expected "), message);
        assertEquals(1, message.lines().count(), message);
        assertFalse(HubId.isId(text));
    }

    @Test
    void refusesWhatIsTooLong() {
        assertTrue(HubId.isId("a/" + "b".repeat(96)));
        assertFalse(HubId.isId("a/" + "b".repeat(97)));
        String message = assertThrows(IllegalArgumentException.class, () -> HubId.parse("a".repeat(100_000)))
                .getMessage();
        assertTrue(message.length() < 400, message);
    }
}
