package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.MambaModel;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Single texts from the shipped model. */
class TextGeneratorTest {
    private static final GenerationOptions GREEDY = GenerationOptions.builder().temperature(0).maxNewTokens(40).build();
    private static final GenerationOptions SAMPLED = GenerationOptions.builder().seed(7).maxNewTokens(40).build();

    private static MambaModel model;
    private static TextGenerator generator;

    @BeforeAll
    static void open() throws IOException {
        model = MambaModel.shipped();
        generator = TextGenerator.of(model);
    }

    @AfterAll
    static void close() {
        generator.close();
        model.close();
    }

    @Test
    void greedyTextsAreThoseOfTheReference() throws IOException {
        for (JsonNode expected : Expected.read(model).path("greedy")) {
            int[] ids = Expected.ints(expected.path("greedy_token_ids"));
            GenerationResult result = generator.generate(expected.path("prompt").asText(),
                    GREEDY.toBuilder().maxNewTokens(ids.length).build());
            assertArrayEquals(Expected.ints(expected.path("prompt_token_ids")), result.promptTokenIds());
            assertArrayEquals(ids, result.tokenIds());
            assertEquals(expected.path("text").asText(), result.text());
            assertEquals(FinishReason.LENGTH, result.finishReason());
            assertEquals(ids[ids.length - 1], result.pendingToken());
        }
    }

    @Test
    void theModelsFilesGiveTheDefaults() {
        assertEquals(0.8, generator.defaultOptions().temperature());
        assertEquals(0.95, generator.defaultOptions().topP());
        assertEquals(200, generator.defaultOptions().maxNewTokens());
        assertEquals(List.of(0), generator.defaultOptions().eosTokenIds());
    }

    @Test
    void theSameSeedGivesTheSameTextAndAnotherSeedAnother() {
        GenerationResult first = generator.generate("One day", SAMPLED);
        assertArrayEquals(first.tokenIds(), generator.generate("One day", SAMPLED).tokenIds());
        assertEquals(7, first.seed());
        assertFalse(first.text()
                .equals(generator.generate("One day", SAMPLED.toBuilder().seed(8).build()).text()));
    }

    @Test
    void aSeedThatWasDrawnIsReportedAndGivesTheTextAgain() {
        GenerationOptions free = GenerationOptions.builder().maxNewTokens(20).build();
        GenerationResult first = generator.generate("One day", free);
        assertNotEquals(first.seed(), generator.generate("One day", free).seed());
        assertEquals(first.text(),
                generator.generate("One day", free.toBuilder().seed(first.seed()).build()).text());
    }

    @Test
    void anEmptyPromptIsTheTokenThatBeginsATextAndABlankOneIsText() {
        assertArrayEquals(new int[]{0}, generator.generate("", GREEDY).promptTokenIds());
        assertTrue(generator.generate(" ", GREEDY).promptTokenIds().length > 1);
    }

    @Test
    void noNewTokensFeedsAllOfThePromptButTheLast() {
        GenerationRequest request = GenerationRequest.builder(GREEDY.toBuilder().maxNewTokens(0).build())
                .text("Once upon a time").keepState(true).build();
        GenerationResult result = generator.generate(request);
        assertEquals(FinishReason.LENGTH, result.finishReason());
        assertEquals("", result.text());
        assertEquals(384, result.pendingToken());
        assertEquals(4, result.state().orElseThrow().tokensConsumed());
        GenerationResult rest = generator.generate(GenerationRequest.builder(GREEDY)
                .state(result.state().orElseThrow()).tokenIds(result.pendingToken()).build());
        assertEquals(generator.generate("Once upon a time", GREEDY).text(), rest.text());
    }

    @Test
    void goingOnFromAStateIsOneLongerRunWithSamplingToo() {
        GenerationOptions half = SAMPLED.toBuilder().repetitionPenalty(1.3).build();
        GenerationResult whole = generator.generate("Tom wanted to", half.toBuilder().maxNewTokens(80).build());
        GenerationResult first = generator.generate(GenerationRequest.builder(half).text("Tom wanted to")
                .keepState(true).build());
        int[] consumed = concat(first.promptTokenIds(), first.tokenIds());
        GenerationResult second = generator.generate(GenerationRequest.builder(half)
                .state(first.state().orElseThrow(), Arrays.copyOf(consumed, consumed.length - 1))
                .tokenIds(first.pendingToken()).build());
        assertArrayEquals(whole.tokenIds(), concat(first.tokenIds(), second.tokenIds()));
        assertEquals(whole.text(), first.text() + second.text());
    }

    private static int[] concat(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    @Test
    void theCallersStateIsNotChanged() {
        var state = model.newState();
        model.prefill(state, 0, 410);
        var before = state.copy();
        generator.generate(GenerationRequest.builder(GREEDY).state(state).tokenIds(435).build());
        assertTrue(state.contentEquals(before));
    }

    @Test
    void endOfTextEndsTheTextUnlessIgnored() {
        String text = generator.generate("Once upon a time", GREEDY).text();
        int[] ids = generator.generate("Once upon a time", GREEDY).tokenIds();
        GenerationOptions eos = GREEDY.toBuilder().eosTokenIds(List.of(ids[10])).build();
        GenerationResult ended = generator.generate("Once upon a time", eos);
        assertEquals(FinishReason.EOS, ended.finishReason());
        assertEquals(ids[10], ended.tokenIds()[ended.tokenIds().length - 1]);
        assertTrue(text.startsWith(ended.text()));
        assertFalse(ended.text().contains(generator.tokenizer().orElseThrow().tokenText(ids[10])));
        assertEquals(text, generator.generate("Once upon a time", eos.toBuilder().ignoreEos(true).build()).text());
        GenerationResult later = generator.generate("Once upon a time", eos.toBuilder().minNewTokens(20).build());
        assertTrue(later.tokenIds().length > 20);
    }

    @Test
    void everyPieceOfTheTextCanBeAStopStringAndNoPartOfItIsShown() {
        String text = generator.generate("Once upon a time", GREEDY).text();
        for (int from = 0; from < 25; from += 4) {
            for (int length : new int[]{1, 7}) {
                String stop = text.substring(from, from + length);
                StringBuilder shown = new StringBuilder();
                GenerationResult result = generator.generate(
                        GenerationRequest.of("Once upon a time", GREEDY.toBuilder().stop(List.of(stop)).build()),
                        chunk -> shown.append(chunk.text()));
                assertEquals(text.substring(0, text.indexOf(stop)), result.text());
                assertEquals(result.text(), shown.toString());
                assertEquals(FinishReason.STOP, result.finishReason());
            }
        }
    }

    @Test
    void aStreamHasAChunkForEveryTokenAndAllOfTheText() {
        List<TextChunk> chunks = new ArrayList<>();
        GenerationResult result;
        GenerationOptions options = SAMPLED.toBuilder().logprobs(2).stop(List.of("never said")).build();
        try (GenerationStream stream = generator.stream(GenerationRequest.of("The dog", options))) {
            stream.forEachRemaining(chunks::add);
            result = stream.result();
        }
        assertArrayEquals(result.tokenIds(), chunks.stream().mapToInt(TextChunk::tokenId).toArray());
        assertEquals(result.text(), String.join("", chunks.stream().map(TextChunk::text).toList()));
        assertEquals(result.logprobs(), chunks.stream().map(c -> c.logprob().orElseThrow()).toList());
        assertArrayEquals(result.tokenIds(), generator.generate("The dog", SAMPLED).tokenIds());
    }

    @Test
    void logprobsAreTheModelsOwnWithTheBestFirst() {
        GenerationOptions options = GREEDY.toBuilder().logprobs(3).temperature(1).topK(1).bannedTokens(Set.of(12))
                .build();
        GenerationResult result = generator.generate("Once upon a time", options);
        TokenLogprob first = result.logprobs().getFirst();
        assertEquals(12, first.alternatives().getFirst().tokenId());
        assertTrue(first.logprob() < first.alternatives().getFirst().logprob());
        for (TokenLogprob logprob : result.logprobs()) {
            assertEquals(3, logprob.alternatives().size());
            for (int i = 1; i < 3; i++) {
                assertTrue(logprob.alternatives().get(i - 1).logprob() >= logprob.alternatives().get(i).logprob());
            }
        }
    }

    @Test
    void cancellingEndsTheTextWithWhatWasShown() {
        try (GenerationStream stream = generator.stream(GenerationRequest.of("The dog", SAMPLED))) {
            StringBuilder shown = new StringBuilder();
            for (int i = 0; i < 5; i++) {
                shown.append(stream.next().text());
            }
            stream.cancel();
            assertFalse(stream.hasNext());
            GenerationResult result = stream.result();
            assertEquals(FinishReason.CANCELLED, result.finishReason());
            assertEquals(5, result.tokenIds().length);
            assertEquals(shown.toString(), result.text());
        }
    }

    @Test
    void anInterruptedThreadGetsWhatIsThereAndStaysInterrupted() {
        Thread.currentThread().interrupt();
        GenerationResult result = generator.generate("The dog", GREEDY);
        assertTrue(Thread.interrupted());
        assertEquals(FinishReason.CANCELLED, result.finishReason());
    }

    @Test
    void timeEnds() {
        GenerationResult result = generator.generate("The dog",
                GREEDY.toBuilder().maxNewTokens(1_000_000).timeout(Duration.ofMillis(20)).ignoreEos(true).build());
        assertEquals(FinishReason.TIMEOUT, result.finishReason());
    }

    /** Forbids the comma, and is complete after two tokens. */
    private static final class TwoTokens implements LogitsProcessor {
        private int count;

        @Override
        public void process(LogitsContext context) {
            context.forbid(12);
        }

        @Override
        public void accept(int token) {
            count++;
        }

        @Override
        public boolean isComplete() {
            return count == 2;
        }
    }

    @Test
    void aProcessorCanForbidEndAndFail() {
        LogitsRule twoTokens = TwoTokens::new;
        GenerationResult result = generator.generate("Once upon a time",
                GREEDY.toBuilder().rules(List.of(twoTokens)).build());
        assertEquals(FinishReason.CONSTRAINT, result.finishReason());
        assertEquals(2, result.tokenIds().length);
        assertNotEquals(12, result.tokenIds()[0]);
        LogitsProcessor broken = context -> {
            throw new IllegalStateException("broken");
        };
        assertEquals("broken", assertThrows(IllegalStateException.class, () -> generator.generate("a",
                GREEDY.toBuilder().rules(List.of(LogitsRule.of(broken))).build())).getMessage());
    }

    @Test
    void whatTheModelCannotTakeIsRefused() {
        assertThrows(IllegalArgumentException.class,
                () -> generator.generate(GenerationRequest.builder(GREEDY).tokenIds(1024).build()));
        assertThrows(IllegalArgumentException.class,
                () -> generator.generate(GenerationRequest.builder(GREEDY).state(model.newState()).build()));
        assertThrows(IllegalStateException.class, () -> generator.generate("a", GREEDY.toBuilder().rules(List.of(
                LogitsRule.of(LogitsContext::forbidAll))).build()));
    }
}
