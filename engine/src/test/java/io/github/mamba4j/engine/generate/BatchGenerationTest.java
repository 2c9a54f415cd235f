package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Many texts at once, from generated cases: each is the text it would be alone, whatever happens to the others. */
class BatchGenerationTest {
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

    private static GenerationRequest request(SplittableRandom random) {
        GenerationOptionsBuilder options = GenerationOptions.builder().maxNewTokens(random.nextInt(0, 30))
                .seed(random.nextInt()).temperature(random.nextInt(3) == 0 ? 0 : 1).topK(random.nextInt(0, 20))
                .topP(random.nextDouble(0.5, 1)).logprobs(1).ignoreEos(random.nextBoolean());
        if (random.nextInt(3) == 0) {
            options.repetitionPenalty(1.5).frequencyPenalty(0.1);
        }
        if (random.nextInt(3) == 0) {
            options.stop(List.of("AB", "C", "ZZ"));
        }
        int[] prompt = random.ints(random.nextInt(1, 50), 0, 61).toArray();
        return GenerationRequest.builder(options.build()).tokenIds(prompt).keepState(true).build();
    }

    private static List<GenerationRequest> requests(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(request(random));
        }
        return requests;
    }

    private static void assertSame(GenerationResult expected, GenerationResult actual) {
        assertArrayEquals(expected.tokenIds(), actual.tokenIds());
        assertArrayEquals(expected.promptTokenIds(), actual.promptTokenIds());
        assertEquals(expected.text(), actual.text());
        assertEquals(expected.finishReason(), actual.finishReason());
        assertEquals(expected.logprobs(), actual.logprobs());
        assertEquals(expected.pendingToken(), actual.pendingToken());
        assertTrue(expected.state().orElseThrow().contentEquals(actual.state().orElseThrow()));
    }

    @Test
    void everyTextOfABatchIsTheTextAlone() throws IOException {
        List<GenerationRequest> requests = requests(5, 40);
        TextGenerator alone = generator(1);
        List<GenerationResult> expected = requests.stream().map(alone::generate).toList();
        for (int maxSequences : new int[]{1, 3, 40}) {
            List<GenerationOutcome> outcomes = generator(maxSequences).generateAll(requests);
            for (int i = 0; i < requests.size(); i++) {
                assertEquals(i, outcomes.get(i).index());
                assertSame(expected.get(i), outcomes.get(i).orThrow());
            }
        }
    }

    @Test
    void cancellationsAndJoinsChangeNothingForTheOthers() throws IOException {
        List<GenerationRequest> requests = requests(6, 30);
        TextGenerator alone = generator(1);
        TextGenerator shared = generator(5);
        SplittableRandom random = new SplittableRandom(7);
        List<GenerationStream> streams = new ArrayList<>();
        List<Integer> kept = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            streams.add(shared.stream(requests.get(i)));
            // Read a few chunks here and there, and give some up.
            for (int k = random.nextInt(4); k > 0; k--) {
                GenerationStream some = streams.get(random.nextInt(streams.size()));
                if (some.hasNext()) {
                    some.next();
                }
            }
            if (random.nextInt(3) == 0) {
                streams.get(i).cancel();
            } else {
                kept.add(i);
            }
        }
        for (int i : kept) {
            assertSame(alone.generate(requests.get(i)), streams.get(i).result());
        }
        streams.forEach(GenerationStream::close);
    }

    @Test
    void callersOnSeveralThreadsShareAGenerator() throws Exception {
        List<GenerationRequest> requests = requests(8, 48);
        TextGenerator alone = generator(1);
        TextGenerator shared = generator(4);
        List<GenerationResult> expected = requests.stream().map(alone::generate).toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            List<Future<GenerationResult>> results = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                GenerationRequest request = requests.get(i);
                results.add(i % 2 == 0
                        ? threads.submit(() -> shared.generate(request))
                        : threads.submit(() -> shared.generate(request, chunk -> {})));
            }
            for (int i = 0; i < expected.size(); i++) {
                assertSame(expected.get(i), results.get(i).get());
            }
        }
    }

    @Test
    void anErrorInOneDoesNotStopTheOthersAndEveryOutcomeIsTold() throws IOException {
        List<GenerationRequest> requests = new ArrayList<>(requests(9, 6));
        GenerationOptions options = GenerationOptions.defaults();
        requests.set(1, GenerationRequest.builder(options).tokenIds(61).build());
        LogitsProcessor broken = context -> {
            if (context.length() > 20) {
                throw new UnsupportedOperationException("broken");
            }
        };
        requests.set(3,
                GenerationRequest.builder(options.toBuilder().ignoreEos(true).rules(List.of(LogitsRule.of(broken)))
                        .build()).text("AAAAA").build());
        List<GenerationOutcome> told = new ArrayList<>();
        List<GenerationOutcome> outcomes = generator(3).generateAll(requests, told::add);
        assertEquals(outcomes, told.stream().sorted(Comparator.comparing(GenerationOutcome::index)).toList());
        assertEquals("token id 61 is outside the vocabulary: expected 0 to 60",
                outcomes.get(1).error().orElseThrow().getMessage());
        assertThrows(UnsupportedOperationException.class, () -> outcomes.get(3).orThrow());
        assertEquals(4, outcomes.stream().map(GenerationOutcome::result).filter(Optional::isPresent).count());
    }

    @Test
    void aStateOfAnotherModelFailsItsOwnTextOnly() throws IOException {
        GenerationOptions options = GenerationOptions.builder().maxNewTokens(5).ignoreEos(true).build();
        try (MambaModel other = SmallModels.of(61, 4)) {
            List<GenerationOutcome> outcomes = generator(3).generateAll(List.of(GenerationRequest.of("A", options),
                    GenerationRequest.builder(options).state(other.newState()).tokenIds(1).build(),
                    GenerationRequest.of("B", options)));
            assertTrue(outcomes.get(0).result().isPresent());
            assertTrue(outcomes.get(1).error().orElseThrow() instanceof IllegalArgumentException);
            assertTrue(outcomes.get(2).result().isPresent());
        }
    }

    @Test
    void aListenerThatThrowsCancelsTheRest() throws IOException {
        TextGenerator generator = generator(2);
        List<GenerationRequest> requests = requests(10, 8);
        assertThrows(IllegalStateException.class, () -> generator.generateAll(requests, outcome -> {
            throw new IllegalStateException("enough");
        }));
        // Nothing of it is left to be worked on.
        assertSame(generator(1).generate(requests.get(0)), generator.generate(requests.get(0)));
    }

    @Test
    void streamsThatNobodyReadsDoNotHoldOthersUp() throws IOException {
        TextGenerator generator = generator(2);
        GenerationOptions endless = GenerationOptions.builder().maxNewTokens(1_000_000).ignoreEos(true).seed(1).build();
        List<GenerationStream> unread = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            unread.add(generator.stream(GenerationRequest.of("ABC", endless)));
        }
        GenerationRequest request = GenerationRequest.of("AAA",
                GenerationOptions.builder().maxNewTokens(200).seed(3).ignoreEos(true).build());
        assertEquals(generator(1).generate(request).text(), generator.generate(request).text());
        unread.forEach(GenerationStream::close);
        assertEquals(FinishReason.CANCELLED, unread.getFirst().result().finishReason());
    }

    @Test
    void timeEndsForOneAndNotForTheOthers() throws IOException {
        GenerationOptions endless = GenerationOptions.builder().maxNewTokens(10_000_000).ignoreEos(true).seed(1)
                .timeout(Duration.ofMillis(30)).build();
        List<GenerationOutcome> outcomes = generator(1).generateAll(List.of(GenerationRequest.of("A", endless),
                GenerationRequest.of("B", endless.toBuilder().maxNewTokens(3).build()),
                GenerationRequest.of("C", GenerationOptions.builder().maxNewTokens(5).ignoreEos(true).build())));
        assertEquals(FinishReason.TIMEOUT, outcomes.get(0).orThrow().finishReason());
        // It has waited for its turn until its time was over.
        assertEquals(FinishReason.TIMEOUT, outcomes.get(1).orThrow().finishReason());
        assertEquals(FinishReason.LENGTH, outcomes.get(2).orThrow().finishReason());
    }

    @Test
    void aClosedModelFailsTheTextAndNotTheProgram() throws IOException {
        MambaModel closed = SmallModels.of(61, 2);
        TextGenerator generator = TextGenerator.builder(closed).tokenizer(SmallModels.LETTERS).build();
        closed.close();
        assertThrows(IllegalStateException.class, () -> generator.generate("A", GenerationOptions.defaults()));
    }

    @Test
    void withoutATokenizerTokensComeAndGo() throws IOException {
        try (TextGenerator generator = TextGenerator.of(model)) {
            GenerationOptions options = GenerationOptions.builder().maxNewTokens(5).ignoreEos(true).build();
            GenerationResult result = generator.generate(GenerationRequest.builder(options).tokenIds(3, 4).build());
            assertEquals(5, result.tokenIds().length);
            assertEquals("", result.text());
            assertThrows(IllegalArgumentException.class, () -> generator.generate("A", options));
            // Nothing says what token a text begins with.
            assertThrows(IllegalArgumentException.class, () -> generator.generate("", options));
        }
    }

    @Test
    void theBestOfSeveralIsFirstAndEachCanBeHadAlone() throws IOException {
        TextGenerator generator = generator(4);
        GenerationOptions options = GenerationOptions.builder().maxNewTokens(12).seed(100).ignoreEos(true)
                .repetitionPenalty(1.2).build();
        List<GenerationResult> results = generator.bestOf(GenerationRequest.of("HELLO", options), 5);
        assertEquals(5, results.size());
        double last = Double.POSITIVE_INFINITY;
        for (GenerationResult result : results) {
            GenerationResult alone = generator.generate("HELLO",
                    options.toBuilder().seed(result.seed()).logprobs(0).build());
            assertArrayEquals(alone.tokenIds(), result.tokenIds());
            assertArrayEquals(alone.promptTokenIds(), result.promptTokenIds());
            assertEquals(alone.text(), result.text());
            double mean = alone.logprobs().stream().mapToDouble(TokenLogprob::logprob).average().orElseThrow();
            assertTrue(mean <= last);
            last = mean;
        }
    }

    /** Puts a space before a text that begins, as SentencePiece does. */
    private static final Tokenizer SPACED = new Tokenizer() {
        @Override
        public int[] encode(String text, boolean addSpecialTokens) {
            return SmallModels.LETTERS.encode(text, addSpecialTokens);
        }

        @Override
        public byte[] tokenBytes(int id) {
            return isSpecial(id) ? new byte[0] : new byte[]{' ', (byte) ('A' + id - 1)};
        }

        @Override
        public boolean isSpecial(int id) {
            return id == 0;
        }

        @Override
        public int vocabSize() {
            return 61;
        }

        @Override
        public boolean dropsLeadingSpace() {
            return true;
        }
    };

    @Test
    void aSpaceBeforeTheTextIsDroppedAlikeAloneInSeveralTextsAndAfterAState() throws IOException {
        TextGenerator generator = TextGenerator.builder(model).tokenizer(SPACED).build();
        GenerationOptions options = GenerationOptions.builder().maxNewTokens(6).seed(1).ignoreEos(true).build();
        for (String prompt : List.of("", "A")) {
            GenerationRequest request = GenerationRequest.of(prompt, options);
            GenerationResult alone = generator.generate(request);
            assertEquals(!prompt.isEmpty(), alone.text().startsWith(" "));
            assertEquals(alone.text(), generator.bestOf(request, 1).getFirst().text());
            GenerationResult half = generator.generate(request.toBuilder()
                    .options(options.toBuilder().maxNewTokens(3).build()).keepState(true).build());
            int[] ids = IntStream.concat(IntStream.of(half.promptTokenIds()), IntStream.of(half.tokenIds())).toArray();
            GenerationResult rest = generator.generate(GenerationRequest.builder(options.toBuilder().maxNewTokens(3)
                    .build()).state(half.state().orElseThrow(), Arrays.copyOf(ids, ids.length - 1))
                    .tokenIds(half.pendingToken()).build());
            assertEquals(alone.text(), half.text() + rest.text());
        }
    }

    @Test
    void whenTheTimeIsOverEachOfSeveralTextsEnds() throws IOException {
        GenerationOptions options = GenerationOptions.builder().maxNewTokens(10_000_000).seed(1).ignoreEos(true)
                .timeout(Duration.ofMillis(40)).build();
        for (GenerationResult result : generator(4).bestOf(GenerationRequest.of("A", options), 2)) {
            assertEquals(FinishReason.TIMEOUT, result.finishReason());
        }
    }

    /** Asks for one chunk at a time, or all at once. */
    private static final class Reader implements Flow.Subscriber<TextChunk> {
        private final CompletableFuture<String> done = new CompletableFuture<>();
        private final StringBuilder text = new StringBuilder();
        private final long demand;
        private final int cancelAfter;
        private Flow.Subscription subscription;
        private int seen;

        Reader(long demand, int cancelAfter) {
            this.demand = demand;
            this.cancelAfter = cancelAfter;
        }

        @Override
        public void onSubscribe(Flow.Subscription s) {
            subscription = s;
            s.request(demand);
        }

        @Override
        public void onNext(TextChunk chunk) {
            text.append(chunk.text());
            if (++seen == cancelAfter) {
                subscription.cancel();
                done.complete(text.toString());
            } else if (demand == 1) {
                subscription.request(1);
            }
        }

        @Override
        public void onError(Throwable error) {
            done.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            done.complete(text.toString());
        }
    }

    private static String read(TextGenerator generator, GenerationRequest request, Reader reader) throws Exception {
        generator.publisher(request).subscribe(reader);
        return reader.done.get();
    }

    @Test
    void subscribersGetTheTextAsTheyAskForIt() throws Exception {
        TextGenerator generator = generator(4);
        GenerationRequest request = GenerationRequest.of("HELLO",
                GenerationOptions.builder().maxNewTokens(20).seed(4).ignoreEos(true).build());
        String text = generator.generate(request).text();
        assertEquals(text, read(generator, request, new Reader(1, -1)));
        assertEquals(text, read(generator, request, new Reader(Long.MAX_VALUE, -1)));
        Reader impatient = new Reader(1, 4);
        String part = read(generator, request, impatient);
        assertEquals(4, impatient.seen);
        assertTrue(text.startsWith(part) && part.length() < text.length());
        assertThrows(ExecutionException.class,
                () -> read(generator, request, new Reader(0, -1)));
        assertThrows(ExecutionException.class, () -> read(generator,
                GenerationRequest.builder(GenerationOptions.defaults()).tokenIds(99).build(), new Reader(1, -1)));
    }
}
