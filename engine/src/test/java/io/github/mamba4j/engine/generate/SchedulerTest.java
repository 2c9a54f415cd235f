package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.engine.MambaModel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users' own code does to the texts of others: nothing. And who gets a place when. */
@Timeout(60)
class SchedulerTest {
    private static final GenerationOptions OPTIONS = GenerationOptions.builder().maxNewTokens(12).seed(3)
            .ignoreEos(true).build();

    private static MambaModel model;

    @BeforeAll
    static void open() {
        model = SmallModels.of(61, 1);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static TextGenerator generator(int maxSequences) throws IOException {
        return TextGenerator.builder(model).tokenizer(SmallModels.LETTERS).maxSequences(maxSequences).build();
    }

    private static GenerationRequest with(LogitsProcessor processor) {
        return GenerationRequest.of("ABC", OPTIONS.toBuilder().rules(List.of(LogitsRule.of(processor))).build());
    }

    /** Throws what a method that declares nothing cannot throw in Java, but can in other languages. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void throwUnchecked(Throwable e) throws E {
        throw (E) e;
    }

    @Test
    void anyThrowableOfAProcessorFailsItsOwnTextOnly() throws IOException {
        TextGenerator generator = generator(3);
        GenerationRequest sound = GenerationRequest.of("HELLO", OPTIONS);
        GenerationResult alone = generator.generate(sound);
        for (Throwable thrown : List.of(new IOException("checked"), new AssertionError("error"),
                new IllegalStateException("unchecked"))) {
            LogitsProcessor broken = context -> {
                if (context.length() > context.promptLength() + 2) {
                    SchedulerTest.<RuntimeException>throwUnchecked(thrown);
                }
            };
            List<GenerationOutcome> outcomes = generator.generateAll(List.of(sound, with(broken), sound));
            assertArrayEquals(alone.tokenIds(), outcomes.get(0).orThrow().tokenIds());
            Throwable told = outcomes.get(1).error().orElseThrow();
            assertSame(thrown, thrown instanceof IOException ? told.getCause() : told);
            assertArrayEquals(alone.tokenIds(), outcomes.get(2).orThrow().tokenIds());
        }
    }

    private static LogitsProcessor unborn() {
        throw new AssertionError("unborn");
    }

    @Test
    void aProcessorThatCannotBeginFailsItsOwnTextOnly() throws IOException {
        List<GenerationOutcome> outcomes = generator(3)
                .generateAll(List.of(
                        GenerationRequest.of("ABC", OPTIONS.toBuilder().rules(List.of(SchedulerTest::unborn)).build()),
                        GenerationRequest.of("HELLO", OPTIONS)));
        assertEquals("unborn", outcomes.get(0).error().orElseThrow().getMessage());
        assertEquals(12, outcomes.get(1).orThrow().completionTokens());
    }

    @Test
    void aProcessorThatWaitsForItsOwnGeneratorIsRefusedAndDoesNotHang() throws IOException {
        TextGenerator generator = generator(3);
        GenerationRequest nested = with(context -> generator.generate("A", OPTIONS));
        String message = assertThrows(IllegalStateException.class, () -> generator.generate(nested)).getMessage();
        assertEquals("a processor cannot use the generator that it works for", message);
        assertEquals(12, generator.generate("A", OPTIONS).completionTokens());
    }

    @Test
    void aTextThatNeverBeganTookNoTime() throws IOException {
        GenerationOptionsBuilder endless = OPTIONS.toBuilder().maxNewTokens(10_000_000);
        // The second text's time is long up when the first makes room.
        List<GenerationOutcome> outcomes = generator(1).generateAll(
                List.of(GenerationRequest.of("A", endless.timeout(Duration.ofMillis(200)).build()),
                        GenerationRequest.of("B", endless.timeout(Duration.ofMillis(1)).build())));
        GenerationResult waited = outcomes.get(1).orThrow();
        assertEquals(FinishReason.TIMEOUT, waited.finishReason());
        assertEquals(new GenerationResult.Timings(0, 0, 0, 0), waited.timings());
    }

    @Test
    void aReaderThatComesBackDoesNotMakeMoreTextsAtOnceThanAllowed() throws IOException {
        TextGenerator generator = generator(1);
        AtomicInteger second = new AtomicInteger();
        GenerationOptions endless = OPTIONS.toBuilder().maxNewTokens(100_000).build();
        try (GenerationStream a = generator.stream(GenerationRequest.of("A", endless));
                GenerationStream b = generator.stream(GenerationRequest.builder(
                        endless.toBuilder().rules(List.of(LogitsRule.of(context -> second.incrementAndGet()))).build())
                        .text("B").build())) {
            a.next();
            // The one place is a's until it is far ahead of its reader.
            b.next();
            int behind = second.get();
            for (int i = 0; i < 200; i++) {
                a.next();
            }
            assertTrue(second.get() <= behind + 1, "tokens of the second text: " + (second.get() - behind));
        }
    }

    @Test
    void endOfTextTokensOutsideTheVocabularyAreNeverChosenAndDoNoHarm() throws IOException {
        GenerationOptions options = OPTIONS.toBuilder().ignoreEos(false).eosTokenIds(List.of(61, -1, 0))
                .minNewTokens(12).build();
        GenerationOptions known = options.toBuilder().eosTokenIds(List.of(0)).build();
        assertArrayEquals(generator(1).generate("A", known).tokenIds(), generator(1).generate("A", options).tokenIds());
    }
}
