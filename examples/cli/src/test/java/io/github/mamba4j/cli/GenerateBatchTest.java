package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerateBatchTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static CliRun batch(String lines, String... more) {
        List<String> args = new ArrayList<>(
                List.of("generate", "--prompt-file", "-", "--seed", "11", "--max-new-tokens",
                        "30"));
        args.addAll(List.of(more));
        return mambaReading(lines, args.toArray(String[]::new));
    }

    private static List<JsonNode> results(CliRun run) throws IOException {
        List<JsonNode> results = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            results.add(MAPPER.readTree(line));
        }
        return results;
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "2", "16"})
    void everyTextIsTheOneItWouldBeAloneAndComesInItsTurn(String atOnce) throws IOException {
        String lines = """
            {"prompt": "Once upon a time"}
            {"prompt": "One day", "max_new_tokens": 3}
            {"token_ids": [0, 410, 435], "temperature": 0}

            {"prompt": "The dog", "seed": 5, "top_k": 40, "top_p": 0.9, "min_p": 0.02, "max_new_tokens": 12}
            {"prompt": "Tim", "stop": [".", "!"], "repetition_penalty": 1.3}
            {"prompt": "Tim", "stop": "a", "ignore_eos": true}
            """;
        String[][] alone = {{"Once upon a time"}, {"One day", "--max-new-tokens", "3"},
                {"--token-ids", "0,410,435", "--temperature", "0"},
                {"The dog", "--seed", "5", "--top-k", "40", "--top-p", "0.9", "--min-p", "0.02", "--max-new-tokens",
                        "12"},
                {"Tim", "--stop", ".", "--stop", "!", "--repetition-penalty", "1.3"},
                {"Tim", "--stop", "a", "--ignore-eos"}};
        int[] indices = {0, 1, 2, 4, 5, 6};
        List<JsonNode> results = results(batch(lines, "--batch", atOnce).succeeded());
        assertEquals(alone.length, results.size());
        for (int i = 0; i < alone.length; i++) {
            ObjectNode result = (ObjectNode) results.get(i);
            assertEquals(indices[i], result.remove("index").intValue());
            ObjectNode expected = (ObjectNode) single(alone[i]);
            expected.remove("timings");
            result.remove("timings");
            assertEquals(expected, result);
        }
    }

    private static JsonNode single(String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of("generate", "--json"));
        List<String> given = List.of(args);
        all.addAll(given);
        if (!given.contains("--seed")) {
            all.addAll(List.of("--seed", "11"));
        }
        if (!given.contains("--max-new-tokens")) {
            all.addAll(List.of("--max-new-tokens", "30"));
        }
        return mamba(all.toArray(String[]::new)).json();
    }

    @Test
    void aBadLineIsReportedWithItsNumberAndDoesNotStopTheOthers() throws IOException {
        String[] bad = {"nonsense", "[1]", "{}", "{\"prompt\": \"a\", \"token_ids\": [1]}",
                "{\"prompt\": 5}", "{\"token_ids\": []}", "{\"token_ids\": [1.5]}", "{\"token_ids\": [5000]}",
                "{\"prompt\": \"a\", \"top_p\": 7}", "{\"prompt\": \"a\", \"top_k\": \"1\"}",
                "{\"prompt\": \"a\", \"max_new_tokens\": 1e3}", "{\"prompt\": \"a\", \"stop\": [1]}",
                "{\"prompt\": \"a\", \"wings\": 2}", "{\"prompt\": \"a\"} x",
                "{\"prompt\": \"a\", \"max_new_tokens\": -1}"};
        String lines = "{\"prompt\": \"One\"}\n" + String.join("\n", bad) + "\n{\"prompt\": \"Two\"}\n";
        CliRun run = batch(lines, "--batch", "4");
        assertEquals(1, run.code());
        List<JsonNode> results = results(run);
        assertEquals(List.of(0, bad.length + 1), results.stream().map(node -> node.get("index").intValue()).toList());
        for (int i = 0; i < bad.length; i++) {
            String start = "mamba: error: standard input, line " + (i + 2) + ": ";
            assertTrue(run.err().lines().anyMatch(line -> line.startsWith(start)),
                    start + " is missing in\n" + run.err());
        }
        assertEquals(bad.length, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("line 16: max_new_tokens: expected 0 or more, found -1"), run.err());
    }

    @Test
    void aLinesOwnIdComesBack() throws IOException {
        CliRun run = batch("\uFEFF{\"prompt\": \"One\", \"id\": \"a-1\"}\n{\"prompt\": \"Two\"}\n"
                + "{\"prompt\": \"\", \"id\": {\"n\": [2]}, \"max_new_tokens\": 3}\n", "--batch", "4");
        List<JsonNode> results = results(run.succeeded());
        assertEquals("\"a-1\"", results.get(0).get("id").toString());
        assertFalse(results.get(1).has("id"));
        assertEquals("{\"n\":[2]}", results.get(2).get("id").toString());
    }

    @Test
    void aLineThatIsCutIsTold() throws IOException {
        CliRun run = batch(
                "{\"prompt\": \"a\", \"regex\": \"[0-9]{30}\", \"max_new_tokens\": 4}\n{\"prompt\": \"b\"}\n",
                "--batch",
                "2");
        assertEquals(Failures.INCOMPLETE, run.code());
        assertTrue(
                run.err().startsWith(
                        "mamba: warning: standard input, line 1: the text was cut by its number of tokens (4)"),
                run.err());
        List<JsonNode> results = results(run);
        assertFalse(results.get(0).get("complete").booleanValue());
        assertFalse(results.get(1).has("complete"));
    }

    @Test
    void aBatchNeedsAFileAndASize() {
        mamba("generate", "Once", "--batch", "2").failed(2, "--batch", "--prompt-file");
        mambaReading("", "generate", "--prompt-file", "-", "--batch", "0").failed(2, "--batch");
    }
}
