package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.file.safetensors.SafetensorsFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerateCommandTest {
    private static final String PROMPT = "Once upon a time";

    private static String greedy(String... more) {
        return run(more).out();
    }

    private static CliRun run(String... more) {
        List<String> args = new ArrayList<>(List.of("generate", "--temperature", "0", "--max-new-tokens", "12"));
        args.addAll(List.of(more));
        return mamba(args.toArray(String[]::new)).succeeded();
    }

    @Test
    void greedyTextsAreThoseOfTheReference() throws IOException {
        for (JsonNode expected : Expected.read().get("greedy")) {
            JsonNode json = mamba("generate", expected.get("prompt").textValue(), "--temperature", "0",
                    "--max-new-tokens", Integer.toString(expected.get("greedy_token_ids").size()), "--json").json();
            assertEquals(expected.get("prompt_token_ids"), json.get("prompt_token_ids"));
            assertEquals(expected.get("greedy_token_ids"), json.get("token_ids"));
            assertEquals(expected.get("text"), json.get("text"));
            assertEquals(expected.get("ended_by_eos").booleanValue() ? "eos" : "length",
                    json.get("finish_reason").textValue());
        }
    }

    @Test
    void standardOutputIsTheContinuationAndALineEnd() {
        assertEquals(", there was a little girl named Lily. She loved to\n", greedy(PROMPT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mamba-base", "mamba-sharded", "mamba-pytorch-bin", "mamba-ssm-original"})
    void aModelWithoutATokenizerTakesAndPrintsTokenIds(String name) throws IOException {
        try (var expected = SafetensorsFile.open(Path.of(golden(name), "expected.safetensors"))) {
            int batch = expected.tensor("input_ids").shape().get(0).intValue();
            String prompt = firstRow(expected.tensor("input_ids").toLongs(), batch);
            long[] greedy = expected.tensor("greedy_ids").toLongs();
            String[] args = {"generate", "--model", golden(name), "--token-ids", prompt, "--temperature", "0",
                    "--max-new-tokens", Integer.toString(greedy.length / batch), "--ignore-eos"};
            assertEquals(firstRow(greedy, batch) + "\n", mamba(args).succeeded().out());
        }
    }

    private static String firstRow(long[] rows, int batch) {
        return Arrays.stream(rows, 0, rows.length / batch).mapToObj(Long::toString).collect(Collectors.joining(","));
    }

    @Test
    void jsonHasExactlyTheKeysThatAreDocumented() throws IOException {
        JsonNode json = mamba("generate", PROMPT, "--max-new-tokens", "7", "--ignore-eos", "--json").json();
        assertEquals(List.of("prompt_token_ids", "token_ids", "text", "finish_reason", "seed", "usage", "timings"),
                names(json));
        assertEquals(List.of("prompt_tokens", "completion_tokens"), names(json.get("usage")));
        assertEquals(List.of("load_ms", "prefill_tokens_per_second", "decode_tokens_per_second"),
                names(json.get("timings")));
        assertEquals(5, json.at("/usage/prompt_tokens").intValue());
        assertEquals(7, json.at("/usage/completion_tokens").intValue());
        assertTrue(json.at("/timings/load_ms").doubleValue() > 0);
        assertTrue(json.at("/timings/decode_tokens_per_second").doubleValue() > 0);
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void theSeedThatJsonReportsGivesTheSameTextAgain() throws IOException {
        JsonNode first = mamba("generate", PROMPT, "--max-new-tokens", "20", "--json").json();
        JsonNode again = mamba("generate", PROMPT, "--max-new-tokens", "20", "--seed", first.get("seed").asText(),
                "--json").json();
        assertEquals(first.get("token_ids"), again.get("token_ids"));
        JsonNode other = mamba("generate", PROMPT, "--max-new-tokens", "20", "--seed",
                Long.toString(first.get("seed").longValue() + 1), "--json").json();
        assertNotEquals(first.get("token_ids"), other.get("token_ids"));
    }

    @Test
    void aStopTextEndsTheTextBeforeIt() throws IOException {
        assertEquals(", there was a\n", greedy(PROMPT, "--stop", "nothing like it", "--stop", " little"));
        JsonNode json = mamba("generate", PROMPT, "--temperature", "0", "--stop", "Lil", "--json").json();
        assertEquals("stop", json.get("finish_reason").textValue());
        assertEquals(", there was a little girl named ", json.get("text").textValue());
    }

    @Test
    void promptsComeFromFilesStandardInputAndTokenIdsAsWell(@TempDir Path folder) throws IOException {
        String expected = greedy(PROMPT);
        Path file = Files.writeString(folder.resolve("prompt.txt"), PROMPT + "\n");
        assertEquals(expected, greedy("--prompt-file", file.toString()));
        assertEquals(expected, greedy("--token-ids", "0,410,435,259,384"));
        assertEquals(expected, greedy("--token-ids", "0, 410 ,435", "--token-ids", "259,384"));
        String piped = mambaReading(PROMPT, "generate", "--prompt-file", "-", "--temperature", "0", "--max-new-tokens",
                "12").succeeded().out();
        assertEquals(expected, piped);
    }

    @Test
    void howTheModelIsRunDoesNotChangeTheText() {
        String expected = greedy(PROMPT);
        for (String kernels : List.of("auto", "panama", "scalar")) {
            assertEquals(expected, greedy(PROMPT, "--kernels", kernels, "--threads", "3"), kernels);
        }
        assertEquals(expected, greedy(PROMPT, "--dtype", "f32"));
        assertEquals(expected, greedy(PROMPT, "--dtype", "bf16"));
    }

    @Test
    void noTokensCanBeAskedFor() {
        assertEquals("\n", mamba("generate", PROMPT, "--max-new-tokens", "0").succeeded().out());
    }

    @Test
    void textIsWrittenAsItComes() {
        var shown = new ArrayList<String>();
        var out = new ByteArrayOutputStream() {
            @Override
            public void flush() {
                shown.add(toString(StandardCharsets.UTF_8));
            }
        };
        assertEquals(0, run(out, new ByteArrayOutputStream()));
        assertEquals(", there was a little girl named Lily. She loved to\n", shown.getLast());
        assertTrue(shown.size() > 10, shown::toString);
        assertTrue(shown.contains(", there was a little"), shown::toString);
    }

    @Test
    void aReaderThatHasSeenEnoughIsNoError() {
        var err = new ByteArrayOutputStream();
        assertEquals(0, run(failing("Broken pipe"), err));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aFullDiskIsAnError() {
        var err = new ByteArrayOutputStream();
        assertEquals(1, run(failing("No space left on device"), err));
        assertEquals("mamba: error: cannot write to standard output: No space left on device\n",
                err.toString(StandardCharsets.UTF_8));
    }

    private static int run(OutputStream out, OutputStream err) {
        return Mamba.run(new Io(new ByteArrayInputStream(new byte[0]), out, err, false), "generate", PROMPT,
                "--temperature", "0", "--max-new-tokens", "12");
    }

    private static OutputStream failing(String message) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(message);
            }
        };
    }

    @Test
    void progressIsShownOnTerminalsOnly() {
        assertFalse(run(PROMPT, "--json").err().contains("Generating"));
    }
}
