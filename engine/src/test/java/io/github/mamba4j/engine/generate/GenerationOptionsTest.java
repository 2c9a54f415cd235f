package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
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
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationOptionsTest {
    private static void refused(String message, UnaryOperator<GenerationOptionsBuilder> change) {
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
                .rules(List.of(LogitsRule.of(context -> {}))).epsilonCutoff(0.2).etaCutoff(0.21)
                .sampler((logits, u) -> 0).beams(BeamOptions.of(22)).closeWhenCut(true).build();
        assertEquals(options, options.toBuilder().build());
        GenerationOptions lengths = options.toBuilder().maxLength(23).minLength(24).build();
        assertEquals(lengths, lengths.toBuilder().build());
        assertEquals(OptionalInt.of(23), lengths.maxLength());
        assertEquals(0, lengths.minNewTokens());
        assertEquals(OptionalInt.empty(), lengths.toBuilder().maxNewTokens(5).build().maxLength());
        assertEquals(0, lengths.toBuilder().minNewTokens(5).build().minLength());
    }

    private static GenerationOptions read(String json) throws IOException {
        return GenerationOptions.defaultsFor(files(json));
    }

    private static ModelFiles files(String json) {
        return new ModelFiles() {
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
        };
    }

    @Test
    void withoutRecommendationsTheDefaultsHold() throws IOException {
        assertEquals(GenerationOptions.defaults(), read(null));
    }

    @Test
    void aFileThatDoesNotAskForSamplingTakesTheMostLikelyToken() throws IOException {
        GenerationOptions greedy = GenerationOptions.builder().temperature(0).topK(50).topP(1).build();
        assertEquals(greedy, read("{\"bos_token_id\": 0, \"transformers_version\": \"5\", \"eos_token_id\": null}"));
        assertEquals(greedy, read("\uFEFF{\"temperature\": 0.7, \"num_beams\": 1, \"max_length\": null}"));
    }

    @Test
    void recommendationsAboutSamplingReplaceAllOfTheDefaultsAboutIt() throws IOException {
        GenerationOptions options = read("{\"do_sample\": true, \"top_k\": 50, \"eos_token_id\": [3, 5], "
                + "\"max_new_tokens\": 7, \"repetition_penalty\": 1.2}");
        assertEquals(GenerationOptions.builder().temperature(1).topP(1).topK(50).eosTokenIds(List.of(3, 5))
                .maxNewTokens(7).repetitionPenalty(1.2).build(), options);
        assertEquals(0, read("{\"do_sample\": false, \"temperature\": 0.7}").temperature());
        assertEquals(50, read("{\"do_sample\": true}").topK());
        assertEquals(0, read("{\"do_sample\": true, \"top_k\": 0}").topK());
    }

    @Test
    void allThatChangesTheTextIsRead() throws IOException {
        GenerationOptions options = read("""
            {"do_sample": true, "typical_p": 0.9, "epsilon_cutoff": 0.01, "eta_cutoff": 0.02, "min_p": 0.1,
             "max_length": 30.0, "min_length": 3, "suppress_tokens": [4, 5], "begin_suppress_tokens": [6],
             "bad_words_ids": [[7], [8, 9]], "sequence_bias": [[[1, 2], -1.5]], "forced_bos_token_id": 3,
             "forced_eos_token_id": 2, "stop_strings": "x", "exponential_decay_length_penalty": [5, 1.5],
             "no_repeat_ngram_size": 3, "max_time": 1.5}""");
        TokenRules rules = TokenRules.NONE.withBanned(Set.of(4, 5)).withBannedAtStart(Set.of(6))
                .withBadWords(List.of(List.of(7), List.of(8, 9))).withSequenceBias(Map.of(List.of(1, 2), -1.5f))
                .withForcedBos(3).withForcedEos(List.of(2)).withLengthDecay(new TokenRules.LengthDecay(5, 1.5));
        assertEquals(GenerationOptions.builder().temperature(1).topK(50).topP(1).typicalP(0.9).epsilonCutoff(0.01)
                .etaCutoff(0.02).minP(0.1).maxLength(30).minLength(3).tokenRules(rules).stop(List.of("x"))
                .noRepeatNgram(3).timeout(Duration.ofMillis(1500)).build(), options);
        assertEquals(Optional.of(new BeamOptions(4, 0.5, true)),
                read("{\"num_beams\": 4, \"length_penalty\": 0.5, \"early_stopping\": true}").beams());
        assertEquals(List.of("a", "b"), read("{\"stop_strings\": [\"a\", \"b\"]}").stop());
        assertEquals(7, read("{\"max_length\": 3, \"max_new_tokens\": 7}").maxNewTokens());
    }

    @Test
    void whatIsNotSupportedIsNamedUnlessItAsksForNothing() throws IOException {
        assertEquals(
                List.of("watermarking_config", "guidance_scale", "encoder_repetition_penalty", "top_h", "token_healing",
                        "my_key",
                        "num_beams together with do_sample", "early_stopping never"),
                GenerationConfigKeys.unsupported(JsonMapper.builder().build().readTree(
                        """
                            {"watermarking_config": {"bias": 2.0}, "guidance_scale": 1.5, "encoder_repetition_penalty": 2, "top_h": 0.4, "token_healing": true,
                             "my_key": 1, "do_sample": true, "num_beams": 2, "early_stopping": "never"}""")));
        assertEquals(List.of(), GenerationConfigKeys.unsupported(JsonMapper.builder().build().readTree("""
            {"watermarking_config": null, "guidance_scale": 1.0, "num_return_sequences": 1, "renormalize_logits": false,
             "encoder_repetition_penalty": 1, "decoder_start_token_id": 5, "use_cache": true, "_commit_hash": "x",
             "pad_token_id": 0, "temperature": 0.3}""")));
    }

    @Test
    void aBadValueFailsOnlyIfNothingTakesItsPlace() throws IOException {
        GenerationConfigReader reader = GenerationConfigReader.read(files("""
            {"max_new_tokens": -5, "temperature": "hot", "top_k": "few", "bad_words_ids": [[]],
             "eos_token_id": [1, "x"]}"""));
        String start = "there/generation_config.json: ";
        GenerationOptionsBuilder builder = reader.builder();
        assertEquals(start + "bad_words_ids: expected runs of at least one token, found an empty one",
                assertThrows(IllegalArgumentException.class, builder::build).getMessage());
        builder.tokenRules(TokenRules.NONE);
        assertEquals(start + "eos_token_id: expected token ids, found \"x\"",
                assertThrows(IllegalArgumentException.class, builder::build).getMessage());
        builder.eosTokenIds(List.of(3));
        assertEquals(start + "max_new_tokens: expected 0 or more, found -5",
                assertThrows(IllegalArgumentException.class, builder::build).getMessage());
        builder.maxNewTokens(4);
        assertEquals(0, builder.build().temperature(), "not sampled: neither temperature nor top_k is used");
        builder.temperature(0.5);
        assertEquals(start + "top_k: expected a whole number, found \"few\"",
                assertThrows(IllegalArgumentException.class, builder::build).getMessage());
        assertEquals(7, builder.topK(7).build().topK());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"do_sample\": true, \"temperature\": \"hot\"}",
            "{\"do_sample\": true, \"top_p\": 7}", "{\"min_length\": true}", "{\"max_length\": 0}",
            "{\"num_beams\": 0}",
            "{\"max_new_tokens\": 1e99}", "{\"suppress_tokens\": 3}", "{\"sequence_bias\": [[1, 2]]}",
            "{\"max_time\": -1}", "{\"eos_token_id\": -2}", "{\"top_p\": ",
            "{\"eos_token_id\": [\"a\"]}", "[]", "", "7"})
    void badRecommendationsNameTheFile(String json) {
        String message = assertThrows(CheckpointException.class, () -> read(json)).getMessage();
        assertTrue(message.startsWith("there/generation_config.json: "), message);
    }
}
