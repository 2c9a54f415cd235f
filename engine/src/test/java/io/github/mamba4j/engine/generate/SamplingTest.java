package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rules for logits by hand-computed cases, the limits against a full sort, the drawing against frequencies. */
class SamplingTest {
    private static final Kernels KERNELS = KernelChoice.fromSystemProperty().load();

    /** Runs one rule over logits, after a prompt and generated tokens. */
    private static float[] apply(LogitsProcessor rule, int[] prompt, int[] generated, float... logits) {
        TokenList tokens = new TokenList(prompt);
        for (int token : generated) {
            tokens.add(token);
            rule.accept(token);
        }
        LogitsContext context = new LogitsContext(logits.length);
        System.arraycopy(logits, 0, context.logits(), 0, logits.length);
        context.show(tokens, prompt.length, List.of(3), 1);
        rule.process(context);
        return context.logits();
    }

    private static LogitsProcessor rule(GenerationOptionsBuilder options) {
        return Processors.sessions(Processors.rules(options.build(), 3)).getFirst();
    }

    private static GenerationOptionsBuilder options() {
        return GenerationOptions.builder();
    }

    private static int[] ids(int... ids) {
        return ids;
    }

    @Test
    void biasIsAdded() {
        assertArrayEquals(new float[]{1, 4.5f, -1},
                apply(rule(options().logitBias(Map.of(1, 2.5f, 2, -4f))), ids(), ids(), 1, 2, 3));
    }

    @Test
    void repetitionPenaltyWorksOncePerTokenOfPromptAndText() {
        assertArrayEquals(new float[]{2, 1, -4, 8},
                apply(rule(options().repetitionPenalty(2)), ids(1, 1), ids(2, 2), 2, 2, -2, 8));
    }

    @Test
    void presenceAndFrequencyPenaltiesCountGeneratedTokensOnly() {
        LogitsProcessor rule = rule(options().presencePenalty(0.5).frequencyPenalty(0.25));
        assertArrayEquals(new float[]{1, 1 - 0.5f - 0.25f, 1 - 0.5f - 0.75f}, apply(rule, ids(0, 1), ids(2, 1, 2, 2),
                1, 1, 1));
    }

    @Test
    void aRunOfTokensIsNotRepeated() {
        float no = Float.NEGATIVE_INFINITY;
        LogitsProcessor three = rule(options().noRepeatNgram(3));
        assertArrayEquals(new float[]{1, 1, no, no}, apply(three, ids(0, 1, 2, 0, 1, 3), ids(0, 1), 1, 1, 1, 1));
        assertArrayEquals(new float[]{1, 1, 1, 1},
                apply(rule(options().noRepeatNgram(3)), ids(0, 1), ids(), 1, 1, 1, 1));
        assertArrayEquals(new float[]{no, 1, no, 1},
                apply(rule(options().noRepeatNgram(1)), ids(0), ids(2), 1, 1, 1, 1));
    }

    @Test
    void bannedTokensAndAnEarlyEndAreForbidden() {
        float no = Float.NEGATIVE_INFINITY;
        assertArrayEquals(new float[]{no, 1, no, 1},
                apply(rule(options().bannedTokens(Set.of(0, 2))), ids(), ids(), 1, 1, 1, 1));
        LogitsProcessor two = rule(options().minNewTokens(2));
        assertArrayEquals(new float[]{1, 1, 1, no}, apply(two, ids(0, 0, 0), ids(1), 1, 1, 1, 1));
        assertArrayEquals(new float[]{1, 1, 1, 1}, apply(two, ids(0), ids(1, 1), 1, 1, 1, 1));
    }

    @Test
    void rulesComeInTheOrderThatIsStated() {
        List<LogitsProcessor> chain = Processors.sessions(Processors.rules(options().logitBias(Map.of(0, 4f))
                .repetitionPenalty(2).presencePenalty(1).rules(List.of(LogitsRule.of(c -> c.logits()[0] *= 10)))
                .build(), 1));
        LogitsContext context = new LogitsContext(1);
        context.show(new TokenList(0), 0, List.of(), 1);
        chain.forEach(rule -> rule.accept(0));
        chain.forEach(rule -> rule.process(context));
        assertEquals(((0 + 4) / 2 - 1) * 10, context.logits()[0]);
    }

    private static int choose(GenerationOptionsBuilder options, double u, float... logits) {
        Sampler chooser = new Sampler(KERNELS, logits.length);
        chooser.process(logits, 0, List.of());
        return chooser.choose(options.build(), u);
    }

    @Test
    void withTemperatureZeroTheLargestIsTakenTheLowestIdOfSeveral() {
        assertEquals(1, choose(options().temperature(0), 0.9, 1, 5, 5, 2));
    }

    @Test
    void logitsThatNoTokenCanBeChosenFromAreRefused() {
        float no = Float.NEGATIVE_INFINITY;
        assertEquals("every token is forbidden", assertThrows(IllegalStateException.class,
                () -> choose(options(), 0.5, no, no)).getMessage());
        assertTrue(assertThrows(IllegalStateException.class, () -> choose(options(), 0.5, 1, Float.NaN))
                .getMessage().contains("NaN (token id 1)"));
    }

    @Test
    void forbiddenTokensAreNeverDrawn() {
        float no = Float.NEGATIVE_INFINITY;
        for (double u : new double[]{0, 0.3, 0.999999999}) {
            assertEquals(2, choose(options().temperature(3).topP(1), u, no, no, -4, no));
        }
    }

    @Test
    void theExtremesOfTheRandomNumberTakeTheFirstAndTheLastToken() {
        assertEquals(0, choose(options().topP(1), 0, 1, 1, 1));
        assertEquals(2, choose(options().topP(1), Math.nextDown(1.0), 1, 1, 1));
        assertEquals(1, choose(options().topP(1), 0.5, 1, 1, 1));
    }

    @Test
    void verySmallAndVeryLargeTemperaturesStayInBounds() {
        assertEquals(1, choose(options().temperature(1e-4).topP(1), 0.999, 3e30f, 3.1e30f, -3e38f));
        assertEquals(0, choose(options().temperature(1e4).topP(1), 0.3, 1, 2, 3));
    }

    /** Which tokens a limit keeps, by sorting everything. */
    private static Set<Integer> sorted(float[] weights, Comparator<Integer> order, int k, double p) {
        List<Integer> ids = new ArrayList<>(IntStream.range(0, weights.length).filter(i -> weights[i] > 0).boxed()
                .sorted(order.thenComparing(i -> i)).toList());
        double total = ids.stream().mapToDouble(i -> weights[i]).sum();
        Set<Integer> kept = new TreeSet<>();
        double sum = 0;
        for (int id : ids) {
            if (kept.size() == k || sum >= p * total) {
                break;
            }
            kept.add(id);
            sum += weights[id];
        }
        return kept;
    }

    private static Set<Integer> kept(Candidates candidates) {
        return new TreeSet<>(IntStream.range(0, candidates.size()).map(candidates::id).boxed().toList());
    }

    @Test
    void limitsKeepWhatAFullSortKeeps() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 300; i++) {
            float[] weights = weights(random);
            Candidates candidates = new Candidates(weights.length);
            Comparator<Integer> byWeight = Comparator.comparingDouble(id -> -weights[id]);
            int k = random.nextInt(1, 60);
            candidates.fill(weights, 0);
            candidates.keepLargest(k);
            assertEquals(sorted(weights, byWeight, k, 2), kept(candidates));
            // Not a share that any sum of weights hits exactly, where rounding would decide.
            double p = random.nextDouble(0.05, 0.999) + 1e-9;
            candidates.fill(weights, 0);
            candidates.keepMass(p * candidates.sum());
            assertEquals(sorted(weights, byWeight, Integer.MAX_VALUE, p), kept(candidates));
        }
    }

    /** Some equal, some tiny, some zero, one of them 1. */
    private static float[] weights(SplittableRandom random) {
        float[] weights = new float[random.nextInt(1, 400)];
        double spread = random.nextDouble(0.1, 30);
        for (int i = 0; i < weights.length; i++) {
            weights[i] = switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> 0.25f;
                default -> (float) Math.exp(-spread * random.nextDouble());
            };
        }
        weights[random.nextInt(weights.length)] = 1;
        return weights;
    }

    @Test
    void allLimitsTogetherKeepWhatEachKeepsInItsTurn() {
        SplittableRandom random = new SplittableRandom(13);
        for (int i = 0; i < 200; i++) {
            float[] logits = new float[random.nextInt(2, 300)];
            for (int id = 0; id < logits.length; id++) {
                logits[id] = random.nextInt(3) == 0 ? -1 : (float) random.nextDouble(-12, 3);
            }
            GenerationOptions options = options().temperature(random.nextDouble(0.3, 2))
                    .topK(random.nextBoolean() ? 0 : random.nextInt(1, 400))
                    .topP(random.nextBoolean() ? 1 : random.nextDouble(0.1, 0.99))
                    .minP(random.nextBoolean() ? 0 : random.nextDouble(0.001, 0.2)).build();
            Set<Integer> expected = slowly(logits, options);
            Sampler chooser = new Sampler(KERNELS, logits.length);
            chooser.process(logits, 0, List.of());
            Set<Integer> drawn = new TreeSet<>();
            for (int draw = 0; draw < 400; draw++) {
                drawn.add(chooser.choose(options, draw / 400.0));
            }
            assertTrue(expected.containsAll(drawn));
            chooser.choose(options, 0);
            assertEquals(expected, kept(chooser.candidates()));
        }
    }

    /** The limits one after another, each on what the one before has left. */
    private static Set<Integer> slowly(float[] logits, GenerationOptions options) {
        float max = logits[KERNELS.math().argmax(logits, 0, logits.length)];
        float[] weights = new float[logits.length];
        for (int i = 0; i < logits.length; i++) {
            weights[i] = (logits[i] - max) / (float) options.temperature();
        }
        KERNELS.math().expSum(weights, 0, weights.length);
        Comparator<Integer> byWeight = Comparator.comparingDouble(id -> -weights[id]);
        int k = options.topK() == 0 ? Integer.MAX_VALUE : options.topK();
        Set<Integer> kept = sorted(weights, byWeight, k, 2);
        for (int id = 0; id < weights.length; id++) {
            weights[id] = kept.contains(id) ? weights[id] : 0;
        }
        if (options.topP() < 1) {
            kept = sorted(weights, byWeight, Integer.MAX_VALUE, options.topP());
        }
        kept.removeIf(id -> weights[id] < (float) options.minP());
        return kept;
    }

    @Test
    void minPKeepsWhatIsNotMuchSmallerThanTheLargest() {
        Candidates candidates = new Candidates(4);
        candidates.fill(new float[]{0.1f, 1, 0.0999f, 0.5f}, 0);
        candidates.keepFrom(0.1f);
        assertEquals(Set.of(0, 1, 3), kept(candidates));
    }

    @Test
    void typicalTokensAreThoseNearTheEntropy() {
        // Probabilities 1/2, 1/4, 1/8, 1/8: entropy 1.75 bits; distances 0.75, 0.25, 1.25, 1.25.
        float[] weights = {1, 0.5f, 0.25f, 0.25f};
        float[] logs = new float[4];
        for (int i = 0; i < 4; i++) {
            logs[i] = (float) (Math.log(weights[i]) * 0.5 + 2);
        }
        Candidates candidates = new Candidates(4);
        candidates.fill(weights, 0);
        candidates.keepTypical(0.2, logs, 2, 0.5f);
        assertEquals(Set.of(1), kept(candidates));
        candidates.fill(weights, 0);
        candidates.keepTypical(0.5, logs, 2, 0.5f);
        assertEquals(Set.of(0, 1), kept(candidates));
        candidates.fill(weights, 0);
        candidates.keepTypical(0.8, logs, 2, 0.5f);
        assertEquals(Set.of(0, 1, 2), kept(candidates));
    }

    @Test
    void theRandomNumbersAreThoseOfSplitMix64() {
        long[] published = {6457827717110365317L, 3203168211198807973L, Long.parseUnsignedLong("9817491932198370423"),
                4593380528125082431L, Long.parseUnsignedLong("16408922859458223821")};
        for (int place = 0; place < published.length; place++) {
            assertEquals(published[place], SeededRandom.bits(1234567, place));
        }
        assertEquals((published[1] >>> 11) * 0x1p-53, SeededRandom.uniform(1234567, 1));
    }

    /** With 7 degrees of freedom, chi-square is below 24.3 in all but one of a thousand cases; the seed is fixed. */
    private static void assertDistribution(GenerationOptionsBuilder options, double[] expected, float... logits) {
        int draws = 20_000;
        int[] counts = new int[logits.length];
        Sampler chooser = new Sampler(KERNELS, logits.length);
        GenerationOptions built = options.build();
        for (int i = 0; i < draws; i++) {
            chooser.process(logits, 0, List.of());
            counts[chooser.choose(built, SeededRandom.uniform(42, i))]++;
        }
        double sum = Arrays.stream(expected).sum();
        double chiSquare = 0;
        for (int i = 0; i < counts.length; i++) {
            double mean = draws * expected[i] / sum;
            if (mean == 0) {
                assertEquals(0, counts[i]);
            } else {
                chiSquare += (counts[i] - mean) * (counts[i] - mean) / mean;
            }
        }
        assertTrue(chiSquare < 24.3, "chi-square " + chiSquare + " of " + Arrays.toString(counts));
    }

    @Test
    void tokensComeWithTheirProbabilities() {
        float[] logits = {0, 1, 2, -1, 0.5f, -2, 1.5f, 0};
        double[] hot = new double[8];
        double[] cold = new double[8];
        for (int i = 0; i < 8; i++) {
            hot[i] = Math.exp(logits[i]);
            cold[i] = Math.exp(logits[i] / 0.5);
        }
        assertDistribution(options().temperature(1).topP(1), hot, logits);
        assertDistribution(options().temperature(0.5).topP(1), cold, logits);
        assertDistribution(options().temperature(1).topP(1).topK(2), new double[]{0, 0, hot[2], 0, 0, 0, hot[6], 0},
                logits);
        assertDistribution(options().temperature(1).topP(1).minP(0.3),
                new double[]{0, hot[1], hot[2], 0, 0, 0, hot[6], 0}, logits);
        assertDistribution(options().temperature(1).topP(0.5), new double[]{0, 0, hot[2], 0, 0, 0, hot[6], 0},
                logits);
    }

    @Test
    void theLargestValuesComeInOrderWithTiesByTheLowerId() {
        float no = Float.NEGATIVE_INFINITY;
        float[] values = {9, 1, 5, no, 5, 7};
        assertEquals(List.of(5, 2, 4), TopTokens.of(values, 1, 5, 3).stream().map(id -> id + 1).toList());
        assertEquals(List.of(0, 5, 2, 4, 1), TopTokens.of(values, 0, 6, 99));
        assertEquals(List.of(), TopTokens.of(values, 0, 6, 0));
    }

    @Test
    void logProbabilitiesAreExact() {
        SplittableRandom random = new SplittableRandom(9);
        float[] logits = new float[5000];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextDouble(-80, 10);
        }
        double sum = 0;
        for (int i = 100; i < 4900; i++) {
            sum += Math.exp(logits[i]);
        }
        LogSoftmax logSoftmax = new LogSoftmax(KERNELS, 4800);
        assertEquals(Math.log(sum), logSoftmax.logSum(logits, 100), 1e-6);
        assertEquals(logits[107] - Math.log(sum), logSoftmax.of(logits, 100, 7, 0).logprob(), 1e-6);
    }
}
