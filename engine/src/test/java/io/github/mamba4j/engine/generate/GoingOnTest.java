package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Going on from results, what results show of themselves, and ways of one's own to choose a token. */
class GoingOnTest {
    private static final GenerationOptions GREEDY = GenerationOptions.builder().temperature(0).maxNewTokens(10)
            .ignoreEos(true).build();

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

    private static GenerationResult first(GenerationOptions options) {
        return generator.generate(GenerationRequest.builder(options).text("One day, a bird").keepState(true).build());
    }

    private static int[] concat(int[] a, int[] b) {
        return IntStream.concat(IntStream.of(a), IntStream.of(b)).toArray();
    }

    @Test
    void theWholeIsTheTextOfOneLongerRun() {
        GenerationResult whole = generator.generate("One day, a bird", GREEDY.toBuilder().maxNewTokens(20).build());
        GenerationResult half = first(GREEDY);
        GenerationResult rest = generator.generate(GenerationRequest.after(half, GREEDY).build());
        assertArrayEquals(whole.tokenIds(), concat(half.tokenIds(), rest.tokenIds()));
        assertEquals(whole.text(), half.text() + rest.text());
    }

    @Test
    void moreTextComesBehindTheLastToken() {
        GenerationResult half = first(GREEDY);
        int[] all = concat(concat(half.promptTokenIds(), half.tokenIds()),
                generator.tokenizer().orElseThrow().encode(" The bird", false));
        int[] expected = generator.generate(GenerationRequest.builder(GREEDY).tokenIds(all).build()).tokenIds();
        assertArrayEquals(expected,
                generator.generate(GenerationRequest.after(half, GREEDY).text(" The bird").build()).tokenIds());
    }

    @Test
    void aStateWithoutItsLastTokenIsRefused() {
        GenerationResult half = first(GREEDY);
        MambaState state = half.state().orElseThrow();
        GenerationRequest without = GenerationRequest.builder(GREEDY).state(state).text(" The bird").build();
        String message = assertThrows(IllegalArgumentException.class, () -> generator.generate(without)).getMessage();
        assertTrue(message.contains("whose last token, " + half.pendingToken()) && message.contains("after(result"),
                message);
        assertThrows(IllegalArgumentException.class, () -> generator.stream(without));
        assertTrue(generator.generateAll(List.of(without)).getFirst().error().isPresent());
        assertThrows(IllegalArgumentException.class, () -> generator.beamSearch(without, BeamOptions.of(2)));
        generator.generate(GenerationRequest.builder(GREEDY).state(state).tokenIds(half.pendingToken()).build());
        // Who feeds the token by hand has consumed it.
        model.step(state, half.pendingToken());
        generator.generate(without);
    }

    @Test
    void aResultWithoutAStateIsNoPlaceToGoOnFrom() {
        GenerationResult result = generator.generate("One day", GREEDY);
        assertThrows(IllegalArgumentException.class, () -> GenerationRequest.after(result, GREEDY));
    }

    @Test
    void theBestBeamIsAResultToGoOnFrom() {
        GenerationOptions beams = GREEDY.toBuilder().beams(BeamOptions.of(3)).build();
        GenerationResult result = first(beams);
        Beam best = generator.beamSearch(GenerationRequest.of("One day, a bird", GREEDY), BeamOptions.of(3)).getFirst();
        assertArrayEquals(best.tokenIds(), result.tokenIds());
        assertEquals(best.text(), result.text());
        int[] all = concat(result.promptTokenIds(), result.tokenIds());
        assertArrayEquals(generator.generate(GenerationRequest.builder(GREEDY).tokenIds(all).build()).tokenIds(),
                generator.generate(GenerationRequest.after(result, GREEDY).build()).tokenIds());
        StringBuilder streamed = new StringBuilder();
        generator.generate(GenerationRequest.of("One day, a bird", beams), chunk -> streamed.append(chunk.text()));
        assertEquals(result.text(), streamed.toString());
        List<GenerationResult> together = generator.generateAll(List.of(
                GenerationRequest.of("One day, a bird", beams), GenerationRequest.of("One day, a bird", GREEDY)))
                .stream().map(GenerationOutcome::orThrow).toList();
        assertArrayEquals(result.tokenIds(), together.get(0).tokenIds());
        assertArrayEquals(first(GREEDY).tokenIds(), together.get(1).tokenIds());
    }

    @Test
    void aBeamSearchThatIsCancelledIsOver() {
        GenerationOptions beams = GREEDY.toBuilder().maxNewTokens(1_000_000).beams(BeamOptions.of(2)).build();
        try (GenerationStream stream = generator.stream(GenerationRequest.of("One day", beams))) {
            stream.cancel();
            assertEquals(FinishReason.CANCELLED, stream.result().finishReason());
        }
    }

    @Test
    void withoutOptionsTheModelsRecommendationsHold() {
        GenerationResult result = generator.generate("One day");
        assertEquals(result.text(), generator.generate("One day",
                generator.optionsBuilder().seed(result.seed()).build()).text());
    }

    @Test
    void resultsShowTheirTokens() {
        GenerationResult result = first(GREEDY);
        assertFalse(result.toString().contains("[I@"), result.toString());
        assertTrue(result.toString().contains(result.text()) && result.toString().contains("finishReason=LENGTH"),
                result.toString());
        String beam = generator.beamSearch(GenerationRequest.of("One day", GREEDY), BeamOptions.of(1)).toString();
        assertTrue(beam.contains("tokenIds=[") && !beam.contains("[I@"), beam);
        String request = GenerationRequest.builder(GREEDY).text("x".repeat(1000)).tokenIds(new int[500]).build()
                .toString();
        assertTrue(request.contains("500 in all") && request.length() < 500, request);
    }

    @Test
    void aSamplerOfOnesOwnTakesThePlaceOfAllLimits() {
        List<Double> numbers = new ArrayList<>();
        GenerationOptions second = GREEDY.toBuilder().seed(7).topK(1).sampler((logits, u) -> {
            numbers.add(u);
            int best = model.kernels().math().argmax(logits, 0, logits.length);
            logits[best] = Float.NEGATIVE_INFINITY;
            return model.kernels().math().argmax(logits, 0, logits.length);
        }).logprobs(2).build();
        GenerationResult result = generator.generate("One day", second);
        for (TokenLogprob token : result.logprobs()) {
            assertEquals(token.alternatives().get(1).tokenId(), token.tokenId());
        }
        assertEquals(SeededRandom.uniform(7, result.promptTokens()), numbers.getFirst());
        String message = assertThrows(IllegalStateException.class, () -> generator.generate("One day",
                GREEDY.toBuilder().bannedTokens(Set.of(5)).sampler((logits, u) -> 5).build())).getMessage();
        assertTrue(message.contains("token id 5"), message);
    }
}
