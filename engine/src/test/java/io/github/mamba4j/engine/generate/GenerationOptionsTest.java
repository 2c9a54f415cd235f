package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationOptionsTest {
    private static void refused(String message, UnaryOperator<GenerationOptions.Builder> change) {
        assertEquals(message, assertThrows(IllegalArgumentException.class,
                () -> change.apply(GenerationOptions.builder()).build()).getMessage());
    }

    @Test
    void valuesOutsideTheirBoundsAreRefusedByName() {
        refused("maxNewTokens: expected 0 or more, found -1", b -> b.maxNewTokens(-1));
        refused("temperature: expected 0, or 0.0001 to 10000, found -0.5", b -> b.temperature(-0.5));
        refused("temperature: expected 0, or 0.0001 to 10000, found NaN", b -> b.temperature(Double.NaN));
        refused("topK: expected 0 or more, found -3", b -> b.topK(-3));
        refused("topP: expected a number above 0, up to 1, found 0.0", b -> b.topP(0));
        refused("topP: expected a number above 0, up to 1, found 1.5", b -> b.topP(1.5));
        refused("minP: expected 0 to 1, found 2.0", b -> b.minP(2));
        refused("typicalP: expected a number above 0, up to 1, found NaN", b -> b.typicalP(Double.NaN));
        refused("repetitionPenalty: expected 0.0001 to 10000, found 0.0", b -> b.repetitionPenalty(0));
        refused("presencePenalty: expected -10000 to 10000, found Infinity",
                b -> b.presencePenalty(Double.POSITIVE_INFINITY));
        refused("noRepeatNgram: expected 0 or more, found -1", b -> b.noRepeatNgram(-1));
        refused("logitBias: expected finite numbers, found NaN", b -> b.logitBias(Map.of(1, Float.NaN)));
        refused("stop: expected strings that are not empty, found an empty one", b -> b.stop(List.of("a", "")));
        refused("logprobs: expected 0 to 1000, found 1001", b -> b.logprobs(1001));
        refused("timeout: expected a positive time, found PT0S", b -> b.timeout(Duration.ZERO));
    }

    @Test
    void aBuilderMadeFromOptionsKeepsAllOfThem() {
        GenerationOptions options = GenerationOptions.builder().maxNewTokens(1).minNewTokens(2).temperature(3).topK(4)
                .topP(0.5).minP(0.6).typicalP(0.7).repetitionPenalty(8).presencePenalty(9).frequencyPenalty(10)
                .noRepeatNgram(11).logitBias(Map.of(12, 12f)).bannedTokens(Set.of(13)).seed(14).stop(List.of("15"))
                .ignoreEos(true).eosTokenIds(List.of(17)).logprobs(18).timeout(Duration.ofSeconds(19))
                .processors(List.of(context -> {})).build();
        assertEquals(options, options.toBuilder().build());
    }

    private static GenerationOptions read(String json) throws IOException {
        return GenerationOptions.defaultsFor(new ModelFiles() {
            @Override
            public Optional<InputStream> open(String name) {
                return has(name)
                        ? Optional.of(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)))
                        : Optional.empty();
            }

            @Override
            public boolean has(String name) {
                return json != null && name.equals("generation_config.json");
            }

            @Override
            public String location() {
                return "there";
            }
        });
    }

    @Test
    void withoutRecommendationsTheDefaultsHold() throws IOException {
        assertEquals(GenerationOptions.defaults(), read(null));
        assertEquals(GenerationOptions.defaults(),
                read("{\"bos_token_id\": 0, \"transformers_version\": \"5\", \"eos_token_id\": null}"));
    }

    @Test
    void recommendationsAboutSamplingReplaceAllOfTheDefaultsAboutIt() throws IOException {
        GenerationOptions options = read("{\"do_sample\": true, \"top_k\": 50, \"eos_token_id\": [3, 5], "
                + "\"max_new_tokens\": 7, \"repetition_penalty\": 1.2}");
        assertEquals(GenerationOptions.builder().temperature(1).topP(1).topK(50).eosTokenIds(List.of(3, 5))
                .maxNewTokens(7).repetitionPenalty(1.2).build(), options);
        assertEquals(0, read("{\"do_sample\": false, \"temperature\": 0.7}").temperature());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"temperature\": \"hot\"}", "{\"top_p\": 7}", "{\"eos_token_id\": -2}", "{\"top_p\": ",
            "{\"eos_token_id\": [\"a\"]}", "[]", "", "7"})
    void badRecommendationsNameTheFile(String json) {
        String message = assertThrows(CheckpointException.class, () -> read(json)).getMessage();
        assertTrue(message.startsWith("there/generation_config.json: "), message);
    }
}
