package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a prompt and its options come from, and what the program makes of misspelled ones. */
class PromptInputTest {
    private static final String[] GREEDY = {"--temperature", "0", "--max-new-tokens", "5", "--json"};

    @TempDir
    private Path folder;

    private static String[] args(String... first) {
        String[] all = Arrays.copyOf(first, first.length + GREEDY.length);
        System.arraycopy(GREEDY, 0, all, first.length, GREEDY.length);
        return all;
    }

    @Test
    void standardInputIsADashOrNothingAtAll() throws IOException {
        String expected = mamba(args("generate", "Once upon")).json().get("token_ids").toString();
        for (String[] args : new String[][]{args("generate", "-"), args("generate"),
                args("generate", "--prompt-file", "-")}) {
            assertEquals(expected, mambaReading("Once upon\n", args).json().get("token_ids").toString());
        }
        mamba("generate").failed(2, "PROMPT");
    }

    @Test
    void aByteOrderMarkIsNoText() throws IOException {
        Path file = Files.writeString(folder.resolve("prompt.txt"), "\uFEFFOnce upon");
        JsonNode json = mamba(args("generate", "--prompt-file", file.toString())).json();
        assertEquals("[0,410,435]", json.get("prompt_token_ids").toString());
        assertEquals(" a time, there was", json.get("text").textValue());
        assertEquals("[0,410,435]",
                mamba("tokenize", "--file", file.toString(), "--json").json().get("token_ids").toString());
        assertEquals(mamba("score", "--text", "Once upon", "--json").json(),
                mamba("score", "--file", file.toString(), "--json").json());
        assertEquals(mambaReading("Once upon\n", "embed", "--file", "-").succeeded().out(),
                mambaReading("\uFEFFOnce upon\n", "embed", "--file", "-").succeeded().out());
        assertEquals(mambaReading("Once upon\n", "chat", "--temperature", "0").succeeded().out(),
                mambaReading("\uFEFFOnce upon\n", "chat", "--temperature", "0").succeeded().out());
        assertEquals("", mambaReading("\uFEFF", "embed", "--file", "-").succeeded().out());
    }

    @Test
    void anEmptyPromptIsTheBeginningOfAText() throws IOException {
        JsonNode json = mamba(args("generate", "")).json();
        assertEquals("[0]", json.get("prompt_token_ids").toString());
        assertEquals(5, json.get("token_ids").size());
    }

    @Test
    void misspelledNamesAreAnsweredWithTheRightOnes() {
        mamba("generate", "--max-new-token", "5").failed(2, "did you mean", "--max-new-tokens");
        mamba("generat", "x").failed(2, "did you mean", "'generate'");
        mamba("tokenize", "--no-special", "x").failed(2, "--no-special-tokens");
    }

    @Test
    void theRulesOfTheLibraryAreOptions() throws IOException {
        String free = mamba(args("generate", "Once upon")).json().get("text").textValue();
        assertTrue(free.startsWith(" a time"), free);
        assertTrue(!mamba(args("generate", "Once upon", "--bad-word", " time")).json().get("text").textValue()
                .contains(" time"));
        JsonNode first = mamba(args("generate", "Once upon")).json().get("token_ids");
        String banned = first.get(0).toString() + ", " + first.get(1);
        JsonNode other = mamba(args("generate", "Once upon", "--suppress-tokens", banned)).json().get("token_ids");
        assertTrue(!other.toString().matches(".*\\b" + first.get(0) + "\\b.*"), other.toString());
        assertEquals(7, mamba("generate", "Once upon", "--temperature", "0", "--max-new-tokens", "7", "--logit-bias",
                "0=90", "--min-new-tokens", "7", "--json").json().get("token_ids").size());
        assertEquals(1, mamba("generate", "Once upon", "--temperature", "0", "--logit-bias", "0=90", "--json").json()
                .get("token_ids").size());
        mamba(args("generate", "Once upon", "--num-beams", "3", "--length-penalty", "0.5", "--no-repeat-ngram", "2"))
                .json();
        mamba("generate", "x", "--suppress-tokens", "5000").failed(2, "--suppress-tokens: token id 5000");
        mamba("generate", "x", "--num-beams", "0").failed(2, "--num-beams: expected 1");
        mamba("generate", "x", "--timeout", "-1").failed(2, "--timeout: expected a positive time");
    }

    @Test
    void anOptionTakesThePlaceOfABadRecommendation() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        try (var files = Files.list(Path.of(CliRun.golden("generation")))) {
            for (Path file : files.toList()) {
                Files.copy(file, model.resolve(file.getFileName()));
            }
        }
        Files.writeString(model.resolve("generation_config.json"),
                "\uFEFF{\"max_new_tokens\": -5, \"eos_token_id\": 63}");
        mamba("generate", "--model", model.toString(), "--token-ids", "1,5").failed(1,
                "generation_config.json: max_new_tokens: expected 0 or more, found -5");
        assertEquals(3, mamba("generate", "--model", model.toString(), "--token-ids", "1,5", "--max-new-tokens", "3",
                "--json").json().get("token_ids").size());
    }

    @Test
    void embeddingsAreOneObjectWithJson() throws IOException {
        JsonNode json = mamba("embed", "--text", "a dog", "--text", "a cat", "--json").json();
        assertEquals(2, json.get("embeddings").size());
        assertEquals(json.get("dimension").intValue(), json.get("embeddings").get(1).get("embedding").size());
        mamba("embed", "--text", "a", "--json", "--format", "npy", "--output", "x.npy").failed(2, "--json");
    }
}
