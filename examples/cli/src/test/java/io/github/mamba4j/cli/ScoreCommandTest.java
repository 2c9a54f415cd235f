package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.file.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreCommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"mamba-base", "mamba-bias", "mamba-noconvbias", "mamba-odd", "mamba-widestate",
            "mamba-bf16",
            "mamba-f16", "mamba-sharded", "mamba-pytorch-bin", "mamba-ssm-original"})
    void logprobsAreTheLogSoftmaxOfTheReferenceLogits(String name) throws IOException {
        try (var expected = SafetensorsFile.open(Path.of(golden(name), "expected.safetensors"))) {
            long[] ids = expected.tensor("input_ids").toLongs();
            float[] logits = expected.tensor("logits").toFloats();
            int batch = expected.tensor("logits").shape().get(0).intValue();
            int length = ids.length / batch;
            int vocab = logits.length / ids.length;
            for (int b = 0; b < batch; b++) {
                String tokens = Arrays.stream(ids, b * length, (b + 1) * length).mapToObj(Long::toString)
                        .collect(Collectors.joining(","));
                JsonNode json = mamba("score", "--model", golden(name), "--token-ids", tokens, "--json").json();
                double sum = 0;
                assertEquals(length - 1, json.get("logprobs").size());
                for (int t = 1; t < length; t++) {
                    double logprob = logSoftmax(logits, (b * length + t - 1) * vocab, vocab, (int) ids[b * length + t]);
                    assertEquals(logprob, json.get("logprobs").get(t - 1).doubleValue(), 1e-4, "token " + t);
                    sum += logprob;
                }
                assertEquals(-sum / (length - 1), json.get("mean_nll").doubleValue(), 1e-4);
            }
        }
    }

    private static double logSoftmax(float[] logits, int from, int vocab, int token) {
        double sum = IntStream.range(from, from + vocab).mapToDouble(i -> Math.exp(logits[i])).sum();
        return logits[from + token] - Math.log(sum);
    }

    @Test
    void theShippedModelScoresATextAsItsModelCardSays() throws IOException {
        JsonNode expected = Expected.read().get("scored");
        JsonNode json = mamba("score", "--text", expected.get("text").textValue(), "--json").json();
        assertEquals(expected.get("token_ids"), json.get("token_ids"));
        assertEquals(expected.get("token_ids").size(), json.get("token_count").intValue());
        for (int i = 0; i < expected.get("logprobs").size(); i++) {
            assertEquals(expected.get("logprobs").get(i).doubleValue(), json.get("logprobs").get(i).doubleValue(),
                    5e-4);
        }
        double nll = json.get("mean_nll").doubleValue();
        assertEquals(expected.get("mean_nll").doubleValue(), nll, 1e-4);
        assertEquals(Math.exp(nll), json.get("perplexity").doubleValue(), 1e-9);
    }

    @Test
    void aFileAndStandardInputScoreLikeTheSameText(@TempDir Path folder) throws IOException {
        String text = "One day, a small bird said: \"Ça va?\" \uD83D\uDE00\n";
        Path file = Files.writeString(folder.resolve("story.txt"), text);
        String expected = mamba("score", "--text", text, "--json").succeeded().out();
        assertEquals(expected, mamba("score", "--file", file.toString(), "--json").succeeded().out());
        assertEquals(expected, mambaReading(text, "score", "--file", "-", "--json").succeeded().out());
    }

    @Test
    void aTextLongerThanAChunkHasTheTokensOfTheWhole(@TempDir Path folder) throws IOException {
        String text = "The dog ran to the park, and it saw 12 birds there.\n\n".repeat(1600);
        Path file = Files.writeString(folder.resolve("long.txt"), text);
        JsonNode tokens = mamba("tokenize", "--file", file.toString(), "--json").json();
        JsonNode score = mamba("score", "--file", file.toString(), "--json").json();
        assertTrue(text.length() > 2 << 14);
        assertEquals(tokens.get("token_ids"), score.get("token_ids"));
    }

    @Test
    void peopleSeePerplexityAndNoSingleTokens() {
        String out = mamba("score", "--text", "Once upon a time").succeeded().out();
        assertTrue(out.matches("tokens +5\nmean nll +\\d\\.\\d{6} nats a token\nperplexity +\\d+\\.\\d{4}\n"), out);
    }

    @Test
    void oneTokenIsNotEnough() {
        mamba("score", "--token-ids", "7").failed(1, "at least 2 tokens", "found 1");
        mamba("score", "--text", "").failed(1, "at least 2 tokens");
    }

    @Test
    void exactlyOneSourceIsTaken() {
        mamba("score").failed(2, "--text", "--file", "--token-ids");
        mamba("score", "--text", "a", "--token-ids", "1,2").failed(2, "--text", "--token-ids");
    }
}
