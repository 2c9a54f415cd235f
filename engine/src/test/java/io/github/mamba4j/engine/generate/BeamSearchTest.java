package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Beam search on a model of six tokens, where all texts can be listed. */
class BeamSearchTest {
    private static final int VOCAB = 6;
    private static final int LENGTH = 3;
    private static final int[] PROMPT = {1, 4, 2};

    private static MambaModel model;
    private static TextGenerator generator;

    @BeforeAll
    static void open() throws IOException {
        model = SmallModels.of(VOCAB, 3);
        generator = TextGenerator.builder(model).tokenizer(SmallModels.LETTERS).build();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static List<Beam> search(GenerationOptions options, BeamOptions beams) {
        return generator.beamSearch(GenerationRequest.builder(options).tokenIds(PROMPT).build(), beams);
    }

    private static GenerationOptionsBuilder options() {
        return GenerationOptions.builder().maxNewTokens(LENGTH);
    }

    private record Text(int[] ids, double logprob) {
        double score(double lengthPenalty) {
            return logprob / Math.pow(ids.length, lengthPenalty);
        }
    }

    /** All texts that end with token 0 or have the full length. */
    private static void list(MambaState state, float[] logits, int[] ids, double logprob, int eos, List<Text> texts) {
        double max = Double.NEGATIVE_INFINITY;
        for (float l : logits) {
            max = Math.max(max, l);
        }
        double sum = 0;
        for (float l : logits) {
            sum += Math.exp(l - max);
        }
        for (int token = 0; token < VOCAB; token++) {
            int[] longer = Arrays.copyOf(ids, ids.length + 1);
            longer[ids.length] = token;
            double p = logprob + logits[token] - max - Math.log(sum);
            if (token == eos || longer.length == LENGTH) {
                texts.add(new Text(longer, p));
            } else {
                MambaState fork = state.copy();
                list(fork, model.step(fork, token), longer, p, eos, texts);
            }
        }
    }

    private static List<Text> all(int eos, double lengthPenalty) {
        List<Text> texts = new ArrayList<>();
        MambaState state = model.newState();
        list(state, model.prefill(state, PROMPT), new int[0], 0, eos, texts);
        texts.sort(Comparator.comparingDouble((Text t) -> t.score(lengthPenalty)).reversed());
        return texts;
    }

    @Test
    void withEnoughBeamsTheBestTextsOfAllAreFound() {
        for (double lengthPenalty : new double[]{0, 1, -1, 2}) {
            List<Text> expected = all(-1, lengthPenalty);
            List<Beam> found = search(options().ignoreEos(true).build(), new BeamOptions(64, lengthPenalty, false));
            assertEquals(64, found.size());
            for (int i = 0; i < 10; i++) {
                assertArrayEquals(expected.get(i).ids(), found.get(i).tokenIds());
                assertEquals(expected.get(i).score(lengthPenalty), found.get(i).score(), 1e-4);
                assertEquals(expected.get(i).logprob(), found.get(i).logprob(), 1e-4);
                assertEquals(FinishReason.LENGTH, found.get(i).finishReason());
            }
        }
    }

    @Test
    void textsThatEndEarlyCompeteByTheirScore() {
        for (double lengthPenalty : new double[]{1, 0}) {
            Text expected = all(0, lengthPenalty).getFirst();
            Beam best = search(options().build(), new BeamOptions(200, lengthPenalty, false)).getFirst();
            assertArrayEquals(expected.ids(), best.tokenIds());
            assertEquals(expected.score(lengthPenalty), best.score(), 1e-4);
            int last = best.tokenIds()[best.tokenIds().length - 1];
            assertEquals(last == 0 ? FinishReason.EOS : FinishReason.LENGTH, best.finishReason());
        }
    }

    @Test
    void oneBeamIsTheGreedyText() {
        GenerationOptions options = options().maxNewTokens(20).temperature(0).ignoreEos(true).build();
        GenerationResult greedy = generator.generate(GenerationRequest.builder(options).tokenIds(PROMPT).build());
        Beam beam = search(options, BeamOptions.of(1)).getFirst();
        assertArrayEquals(greedy.tokenIds(), beam.tokenIds());
        assertEquals(greedy.text(), beam.text());
    }

    @Test
    void oneBeamIsTheGreedyTextWhateverEndsIt() {
        GenerationOptions free = options().maxNewTokens(20).temperature(0).ignoreEos(true).build();
        GenerationResult whole = generator.generate(GenerationRequest.builder(free).tokenIds(PROMPT).build());
        Set<FinishReason> reasons = EnumSet.noneOf(FinishReason.class);
        for (int from = 0; from < 12; from++) {
            int end = whole.tokenIds()[from];
            String stop = whole.text().substring(from / 2, from / 2 + 1 + from % 3);
            for (GenerationOptions options : List.of(free.toBuilder().stop(List.of(stop)).build(),
                    free.toBuilder().stop(List.of(stop + "Z", "never")).build(),
                    free.toBuilder().ignoreEos(false).eosTokenIds(List.of(end)).build(),
                    free.toBuilder().ignoreEos(false).eosTokenIds(List.of(end)).stop(List.of(stop)).build())) {
                GenerationResult greedy = generator
                        .generate(GenerationRequest.builder(options).tokenIds(PROMPT).build());
                Beam beam = search(options, BeamOptions.of(1)).getFirst();
                assertArrayEquals(greedy.tokenIds(), beam.tokenIds());
                assertEquals(greedy.text(), beam.text());
                assertEquals(greedy.finishReason(), beam.finishReason());
                reasons.add(beam.finishReason());
            }
        }
        assertEquals(EnumSet.of(FinishReason.LENGTH, FinishReason.EOS, FinishReason.STOP), reasons);
    }

    /** Tokens that are bytes, also halves of characters. */
    private static final Tokenizer BYTES = new Tokenizer() {
        private final int[] bytes = {0, 'A', 0xC3, 0xA9, 'B', 0xC3};

        @Override
        public int[] encode(String text, boolean addSpecialTokens) {
            throw new UnsupportedOperationException();
        }

        @Override
        public byte[] tokenBytes(int id) {
            return isSpecial(id) ? new byte[0] : new byte[]{(byte) bytes[id]};
        }

        @Override
        public boolean isSpecial(int id) {
            return id == 0;
        }

        @Override
        public int vocabSize() {
            return VOCAB;
        }
    };

    @Test
    void halfACharacterIsNoStopStringBeforeItIsKnownToStayOne() throws IOException {
        TextGenerator halves = TextGenerator.builder(model).tokenizer(BYTES).build();
        GenerationOptions free = options().maxNewTokens(20).temperature(0).ignoreEos(true).build();
        // The first half comes first, then the other one, and then half a character that stays one.
        LogitsProcessor script = context -> {
            int[] order = {1, 2, 3, 2, 4};
            int next = order[Math.min(order.length - 1, context.length() - context.promptLength())];
            context.logits()[next] += 1000;
        };
        for (String stop : List.of("\uFFFD", "\u00E9", "\u00E9\uFFFD", "B")) {
            GenerationOptions options = free.toBuilder().stop(List.of(stop)).rules(List.of(LogitsRule.of(script)))
                    .build();
            GenerationRequest request = GenerationRequest.builder(options).tokenIds(PROMPT).build();
            Beam beam = halves.beamSearch(request, BeamOptions.of(1)).getFirst();
            GenerationResult greedy = halves.generate(request);
            assertEquals("A\u00E9\uFFFDB".split(stop)[0], greedy.text());
            assertEquals(greedy.text(), beam.text());
            assertArrayEquals(greedy.tokenIds(), beam.tokenIds());
            assertEquals(FinishReason.STOP, beam.finishReason());
        }
    }

    @Test
    void severalEndOfTextTokensDoNotCrowdOutTheTextsThatGoOn() {
        AtomicInteger followed = new AtomicInteger();
        LogitsProcessor counting = context -> followed.addAndGet(context.length() - context.promptLength());
        // Best is a text that goes on, then come three that end.
        GenerationOptions options = options().maxNewTokens(2).eosTokenIds(List.of(0, 1, 2))
                .logitBias(Map.of(4, 2000f, 0, 1000f, 1, 1000f, 2, 1000f)).rules(List.of(LogitsRule.of(counting)))
                .build();
        search(options, BeamOptions.of(2));
        assertEquals(2, followed.get());
    }

    @Test
    void withoutNewTokensThereIsOneEmptyText() {
        List<Beam> found = search(options().maxNewTokens(0).build(), BeamOptions.of(3));
        assertEquals(1, found.size());
        assertEquals("", found.getFirst().text());
        assertEquals(0, found.getFirst().tokenIds().length);
        assertEquals(0, found.getFirst().score());
        assertEquals(FinishReason.LENGTH, found.getFirst().finishReason());
    }

    @Test
    void moreBeamsFindNothingWorseAndTheSameEachTime() {
        GenerationOptions options = options().maxNewTokens(12).ignoreEos(true).build();
        List<Beam> found = search(options, BeamOptions.of(4));
        assertTrue(found.getFirst().score() >= search(options, BeamOptions.of(1)).getFirst().score());
        List<Beam> again = search(options, BeamOptions.of(4));
        for (int i = 0; i < 4; i++) {
            assertArrayEquals(found.get(i).tokenIds(), again.get(i).tokenIds());
            assertEquals(found.get(i).score(), again.get(i).score());
        }
    }

    private static void assertSameBeams(List<Beam> expected, List<Beam> found) {
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i).tokenIds(), found.get(i).tokenIds());
            assertEquals(expected.get(i).text(), found.get(i).text());
            assertEquals(expected.get(i).logprob(), found.get(i).logprob());
            assertEquals(expected.get(i).score(), found.get(i).score());
            assertEquals(expected.get(i).finishReason(), found.get(i).finishReason());
        }
    }

    @Test
    void aKnownBeginningOfThePromptGivesTheSameBeams() throws IOException {
        int[] prompt = {1, 4, 2, 5, 3, 3, 1, 2};
        GenerationRequest request = GenerationRequest.builder(options().maxNewTokens(8).build()).tokenIds(prompt)
                .cachePoints(3, 6).build();
        List<Beam> expected = generator.beamSearch(request, BeamOptions.of(3));
        PrefixCache cache = PrefixCache.inMemory(model, 1 << 20);
        TextGenerator cached = TextGenerator.builder(model).tokenizer(SmallModels.LETTERS).prefixCache(cache).build();
        assertSameBeams(expected, cached.beamSearch(request, BeamOptions.of(3)));
        assertEquals(2, cache.size());
        assertSameBeams(expected, cached.beamSearch(request, BeamOptions.of(3)));
        // A state that is not what the cache takes it for shows that it is used.
        MambaState other = model.newState();
        model.prefill(other, 5, 5, 5, 5, 5, 5, 5);
        cache.put(prompt, 7, other);
        assertNotEquals(expected.getFirst().logprob(),
                cached.beamSearch(request, BeamOptions.of(3)).getFirst().logprob());
    }

    @Test
    void theSearchGoesOnFromAState() {
        List<Beam> expected = search(options().repetitionPenalty(1.4).build(), BeamOptions.of(3));
        MambaState state = model.newState();
        model.prefill(state, 1, 4);
        GenerationOptions options = options().repetitionPenalty(1.4).build();
        assertSameBeams(expected, generator.beamSearch(
                GenerationRequest.builder(options).state(state, 1, 4).tokenIds(2).build(), BeamOptions.of(3)));
        assertEquals(2, state.tokensConsumed());
    }

    @Test
    void whenTheTimeIsOverThereIsWhatThereIs() {
        List<Beam> none = search(options().timeout(Duration.ofNanos(1)).build(), BeamOptions.of(2));
        assertEquals(1, none.size());
        assertEquals(0, none.getFirst().tokenIds().length);
        assertEquals(FinishReason.TIMEOUT, none.getFirst().finishReason());
        List<Beam> some = search(options().maxNewTokens(10_000_000).ignoreEos(true).timeout(Duration.ofMillis(30))
                .build(), BeamOptions.of(2));
        some.forEach(beam -> assertEquals(FinishReason.TIMEOUT, beam.finishReason()));
    }

    @Test
    void anInterruptGivesTheTextsAsFarAsTheyHaveCome() {
        GenerationOptions options = options().maxNewTokens(9).ignoreEos(true).build();
        LogitsProcessor interrupting = context -> {
            if (context.length() == context.promptLength() + 4) {
                Thread.currentThread().interrupt();
            }
        };
        List<Beam> cut = search(options.toBuilder().rules(List.of(LogitsRule.of(interrupting))).build(),
                BeamOptions.of(3));
        assertTrue(Thread.interrupted());
        List<Beam> shorter = search(options.toBuilder().maxNewTokens(5).build(), BeamOptions.of(3));
        assertEquals(3, cut.size());
        for (int i = 0; i < 3; i++) {
            assertEquals(FinishReason.CANCELLED, cut.get(i).finishReason());
            assertArrayEquals(shorter.get(i).tokenIds(), cut.get(i).tokenIds());
        }
        // What has reached its length was not cut off.
        List<Beam> whole = search(
                options.toBuilder().maxNewTokens(5).rules(List.of(LogitsRule.of(interrupting))).build(),
                BeamOptions.of(3));
        assertTrue(Thread.interrupted());
        assertEquals(FinishReason.LENGTH, whole.getFirst().finishReason());
    }

    @Test
    void aThreadThatIsInterruptedBeforeGetsOneEmptyText() {
        Thread.currentThread().interrupt();
        List<Beam> found = search(options().build(), BeamOptions.of(3));
        assertTrue(Thread.interrupted());
        assertEquals(1, found.size());
        assertEquals(FinishReason.CANCELLED, found.getFirst().finishReason());
        assertEquals(0, found.getFirst().tokenIds().length);
    }

    /** Lets tokens alternate between two, and remembers by itself which one comes. */
    private static final class Alternating implements LogitsProcessor {
        private int count;

        @Override
        public void process(LogitsContext context) {
            for (int token = 0; token < VOCAB; token++) {
                if (token / 2 != 1 + count % 2) {
                    context.forbid(token);
                }
            }
        }

        @Override
        public void accept(int token) {
            count++;
        }

        @Override
        public boolean isComplete() {
            return count == 4;
        }
    }

    @Test
    void processorsWithAMemoryAreForkedWithTheirText() {
        List<Beam> found = search(options().maxNewTokens(9).rules(List.of(Alternating::new)).build(),
                BeamOptions.of(3));
        assertEquals(3, found.size());
        for (Beam beam : found) {
            assertEquals(FinishReason.CONSTRAINT, beam.finishReason());
            assertArrayEquals(new int[]{1, 2, 1, 2}, Arrays.stream(beam.tokenIds()).map(id -> id / 2).toArray());
        }
    }

    @Test
    void whatCannotBeSearchedIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> BeamOptions.of(0));
        assertThrows(IllegalStateException.class,
                () -> search(options().bannedTokens(Set.of(0, 1, 2, 3, 4, 5)).build(), BeamOptions.of(2)));
    }
}
