package io.github.mamba4j.engine.tokenize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cases from reports of use, with what transformers gives; they lie outside of the project. */
class TokenizerCasesTest {
    private static final JsonMapper MAPPER = new JsonMapper();

    private static Path folder(String name) {
        Path folder = TokenizerEqualityTest.SHARED.resolve("cases").resolve(name);
        assumeTrue(Files.isDirectory(folder), "the case is not there, so nothing is compared: " + folder);
        return folder;
    }

    private static int[] ints(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"added-token-keeps-its-space", "tokenizer-config-prefix-space",
            "tokens-in-tokenizer-config"})
    void textsBecomeTheExpectedTokensAndTextsAgain(String name) throws IOException {
        Path folder = folder(name);
        try (HfTokenizer tokenizer = HfTokenizer.load(folder, TokenizerChoice.JAVA)) {
            for (JsonNode text : MAPPER.readTree(folder.resolve("expected.json").toFile()).path("texts")) {
                int[] ids = ints(text.path("ids"));
                assertArrayEquals(ids, tokenizer.encode(text.path("text").textValue()), text.toString());
                JsonNode decoded = text.path(text.has("decoded") ? "decoded" : "decoded_without_special");
                assertEquals(decoded.textValue(), tokenizer.decode(ids));
            }
        }
    }

    @Test
    void partsJoinToTheWholeText() throws IOException {
        Path folder = folder("continued-text-prefix-space");
        JsonNode expected = MAPPER.readTree(folder.resolve("expected.json").toFile());
        try (HfTokenizer tokenizer = HfTokenizer.load(folder)) {
            String text = expected.path("text").textValue();
            int[] whole = tokenizer.encode(text);
            assertArrayEquals(ints(expected.path("ids_of_the_whole")), whole);
            assertEquals(text, tokenizer.decode(whole));
            int[] first = tokenizer.encode(expected.path("parts").path(0).textValue());
            int[] second = tokenizer.encodeContinuation(expected.path("parts").path(1).textValue());
            int[] joined = java.util.stream.IntStream
                    .concat(java.util.Arrays.stream(first), java.util.Arrays.stream(second)).toArray();
            assertEquals(text, tokenizer.decode(joined));
        }
    }

    @Test
    void stripIsDoneInFull() throws IOException {
        Path folder = folder("decoder-strip-stop");
        try (HfTokenizer tokenizer = HfTokenizer.load(folder)) {
            for (JsonNode text : MAPPER.readTree(folder.resolve("expected.json").toFile())) {
                assertEquals(text.path("decoded").textValue(), tokenizer.decode(ints(text.path("ids"))));
            }
        }
    }

    @Test
    void aPointerOfLfsIsCalledOne() {
        Path folder = folder("git-lfs-pointer");
        String message = assertThrows(CheckpointException.class, () -> HfTokenizer.load(folder)).getMessage();
        assertTrue(message.startsWith(folder + "/tokenizer.json: ") && message.contains("git-LFS pointer"), message);
    }
}
