package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.team.RowShares;
import io.github.mamba4j.kernels.team.WorkQueue;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.ModelWeights;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The bits of a sequence's logits and of its state depend on the weights and its own tokens alone. Each seed is a model
 * of its own: dimensions that fit no vector, every option of the block, every stored format.
 */
class SameBitsTest {
    private static final DType[] FORMATS = {DType.F32, DType.BF16, DType.F16};
    /** As published models have it: in long texts dt_proj may then be one with the scan. */
    private static final int[] DT_RANKS = {48, 64, 5};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void stepByStepIsTheWholePrompt(long seed) {
        try (var sample = new Sample(seed)) {
            MambaState state = sample.model.newState();
            for (int t = 0; t < sample.tokens.length; t++) {
                sample.assertLogits(t, sample.model.step(state, sample.tokens[t]), 0);
            }
            sample.assertFinal(state);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32})
    void anyChunkingIsTheWholePrompt(long seed) {
        try (var sample = new Sample(seed)) {
            for (int attempt = 0; attempt < 5; attempt++) {
                MambaState state = sample.model.newState();
                for (int t = 0; t < sample.tokens.length;) {
                    int end = Math.min(sample.tokens.length, t + sample.random.nextInt(1, 14));
                    float[] logits = sample.model.prefill(state, Arrays.copyOfRange(sample.tokens, t, end));
                    sample.assertLogits(end - 1, logits, 0);
                    t = end;
                }
                sample.assertFinal(state);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44, 45, 46})
    void companyInTheBatchChangesNothing(long seed) {
        try (var sample = new Sample(seed)) {
            var batch = new Batch();
            MambaState[] states = new MambaState[7];
            int own = sample.random.nextInt(states.length);
            for (int s = 0; s < states.length; s++) {
                states[s] = sample.model.newState();
                int[] tokens = s == own ? sample.tokens : sample.otherTokens(sample.random.nextInt(1, 30));
                batch.add(states[s], tokens, 0, tokens.length, s == own ? LogitsFor.ALL : anyOf(sample.random));
            }
            sample.model.forward(batch);
            for (int t = 0; t < sample.tokens.length; t++) {
                sample.assertLogits(t, batch.logits(), batch.logitsOffset(own, t));
            }
            sample.assertFinal(states[own]);
        }
    }

    /** What a scheduler does: in every call some sequences go on, by a chunk of a prompt or by one token. */
    @ParameterizedTest
    @ValueSource(longs = {61, 62, 63, 64, 65, 66, 67, 68})
    void anyMixtureOfChunksAndStepsChangesNothing(long seed) {
        try (var sample = new Sample(seed)) {
            var batch = new Batch();
            MambaState[] states = new MambaState[4];
            Arrays.setAll(states, s -> sample.model.newState());
            int[] fed = new int[states.length];
            int[] segment = new int[states.length];
            int[] count = new int[states.length];
            while (Arrays.stream(fed).anyMatch(n -> n < sample.tokens.length)) {
                batch.clear();
                for (int s = 0; s < states.length; s++) {
                    int chunk = sample.random.nextBoolean() ? 1 : sample.random.nextInt(0, 13);
                    count[s] = Math.min(chunk, sample.tokens.length - fed[s]);
                    segment[s] = count[s] == 0
                            ? -1
                            : batch.add(states[s], sample.tokens, fed[s], fed[s] + count[s], LogitsFor.ALL);
                }
                sample.model.forward(batch);
                for (int s = 0; s < states.length; s++) {
                    for (int t = 0; t < count[s]; t++) {
                        sample.assertLogits(fed[s] + t, batch.logits(), batch.logitsOffset(segment[s], t));
                    }
                    fed[s] += count[s];
                }
            }
            for (MambaState state : states) {
                sample.assertFinal(state);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 16, 39, 40, 41})
    void rowsPerPassChangeNothing(int maxRows) {
        assertSameUnder(81, ModelOptions.builder().maxRowsPerPass(maxRows).build());
        assertSameUnder(82, ModelOptions.builder().maxRowsPerPass(maxRows).threads(3).build());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 9})
    void threadsChangeNothing(int threads) {
        for (long seed = 101; seed < 107; seed++) {
            assertSameUnder(seed, ModelOptions.builder().threads(threads).build());
        }
    }

    /** So many rows that threads share products by rows too, and that kernels for many rows take part. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8})
    void threadsThatShareRowsChangeNothing(int threads) {
        int length = 400;
        assertTrue(threads == 1 || RowShares.rowParts(threads, length, 10) > 1, "rows are not shared");
        for (long seed = 161; seed < 165; seed++) {
            assertSameUnder(seed, length, ModelOptions.builder().threads(threads).build());
        }
    }

    /** So many channels, outputs and tokens that threads take pieces in turns; the last piece is smaller. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 16})
    void threadsThatTakeTurnsChangeNothing(int dState) {
        ModelConfig config = TestModels.config(1500, 280, 1, 8 * WorkQueue.LEAST_OF_MANY_ROWS + 24, dState, 4, 5,
                dState == 3, true, true);
        ModelWeights weights = TestModels.weights(config, DType.BF16, dState);
        int[] tokens = new SplittableRandom(dState).ints(77, 0, 1500).toArray();
        try (MambaModel one = MambaModel.of(weights, ModelOptions.builder().threads(1).build());
                MambaModel two = MambaModel.of(weights, ModelOptions.builder().threads(2).build())) {
            MambaState expected = one.newState();
            float[] logits = one.prefill(expected, tokens);
            for (int i = 0; i < 3; i++) {
                MambaState actual = two.newState();
                assertArrayEquals(logits, two.prefill(actual, tokens));
                assertArrayEquals(one.step(expected.copy(), 7), two.step(actual, 7));
            }
        }
    }

    /** Texts that begin and end anywhere among the rows that kernels for many rows take together. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void longTextsAmongShortOnesChangeNothing(int threads) {
        for (long seed = 181; seed < 187; seed++) {
            try (var sample = new Sample(seed, 150);
                    MambaModel other = MambaModel.of(sample.weights, ModelOptions.builder().threads(threads).build())) {
                int[][] texts = {sample.otherTokens(sample.random.nextInt(1, 20)), sample.tokens,
                        sample.otherTokens(1), sample.otherTokens(sample.random.nextInt(65, 100)), sample.tokens};
                MambaState[] states = new MambaState[texts.length];
                var batch = new Batch();
                for (int s = 0; s < texts.length; s++) {
                    states[s] = other.newState();
                    batch.add(states[s], texts[s], 0, texts[s].length, LogitsFor.ALL);
                }
                other.forward(batch);
                for (int s : new int[]{1, 4}) {
                    for (int t = 0; t < sample.tokens.length; t++) {
                        sample.assertLogits(t, batch.logits(), batch.logitsOffset(s, t));
                    }
                    sample.assertFinal(states[s]);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {121, 122, 123, 124, 125, 126, 127, 128, 129, 130})
    void scalarAndFastKernelsGiveTheSame(long seed) {
        assertSameUnder(seed, ModelOptions.builder().kernels(KernelChoice.SCALAR).build());
        assertSameUnder(seed, ModelOptions.builder().kernels(KernelChoice.PANAMA).build());
    }

    @ParameterizedTest
    @ValueSource(longs = {141, 142, 143, 144})
    void forksGoTheirOwnWay(long seed) {
        try (var sample = new Sample(seed)) {
            int fork = sample.random.nextInt(1, sample.tokens.length);
            MambaState trunk = sample.model.newState();
            sample.model.prefill(trunk, Arrays.copyOf(sample.tokens, fork));
            MambaState branch = trunk.copy();
            sample.model.prefill(branch, sample.otherTokens(9));
            for (int t = fork; t < sample.tokens.length; t++) {
                sample.assertLogits(t, sample.model.step(trunk, sample.tokens[t]), 0);
            }
            sample.assertFinal(trunk);
        }
    }

    /** Whole prompt, chunks and steps of the same model run in another way, against the sample's. */
    private static void assertSameUnder(long seed, ModelOptions options) {
        assertSameUnder(seed, Sample.LENGTH, options);
    }

    private static void assertSameUnder(long seed, int length, ModelOptions options) {
        try (var sample = new Sample(seed, length); MambaModel other = MambaModel.of(sample.weights, options)) {
            MambaState whole = other.newState();
            var batch = new Batch();
            batch.add(whole, sample.tokens, 0, sample.tokens.length, LogitsFor.ALL);
            other.forward(batch);
            MambaState chunked = other.newState();
            int middle = sample.random.nextInt(1, sample.tokens.length);
            other.prefill(chunked, Arrays.copyOf(sample.tokens, middle));
            for (int t = 0; t < sample.tokens.length; t++) {
                sample.assertLogits(t, batch.logits(), batch.logitsOffset(0, t));
                if (t >= middle) {
                    sample.assertLogits(t, other.step(chunked, sample.tokens[t]), 0);
                }
            }
            sample.assertFinal(whole);
            sample.assertFinal(chunked);
        }
    }

    private static LogitsFor anyOf(SplittableRandom random) {
        return LogitsFor.values()[random.nextInt(LogitsFor.values().length)];
    }

    /** A model, a prompt, and what comes out when the prompt goes in whole. */
    private static final class Sample implements AutoCloseable {
        static final int LENGTH = 40;

        final SplittableRandom random;
        final ModelWeights weights;
        final MambaModel model;
        final int[] tokens;
        private final float[] expected;
        private final MambaState expectedState;

        Sample(long seed) {
            this(seed, LENGTH);
        }

        Sample(long seed, int length) {
            random = new SplittableRandom(seed);
            ModelConfig config = length > LENGTH
                    ? TestModels.randomConfig(random, DT_RANKS[(int) (seed / 2 % 3)])
                    : TestModels.randomConfig(random);
            weights = TestModels.weights(config, FORMATS[(int) (seed % 3)], seed);
            model = MambaModel.of(weights, ModelOptions.defaults());
            tokens = otherTokens(length);
            expectedState = model.newState();
            var batch = new Batch();
            batch.add(expectedState, tokens, 0, tokens.length, LogitsFor.ALL);
            model.forward(batch);
            expected = batch.logits();
            assertTrue(isAlive(expected), "logits that are all alike would prove nothing");
        }

        private static boolean isAlive(float[] logits) {
            float max = 0;
            for (float logit : logits) {
                if (!Float.isFinite(logit)) {
                    return false;
                }
                max = Math.max(max, Math.abs(logit));
            }
            return max > 0.5f && max < 100f;
        }

        int[] otherTokens(int count) {
            return TestModels.tokens(random, weights.config(), count);
        }

        void assertLogits(int t, float[] found, int offset) {
            int vocab = weights.config().vocabSize();
            assertArrayEquals(Arrays.copyOfRange(expected, t * vocab, (t + 1) * vocab),
                    Arrays.copyOfRange(found, offset, offset + vocab), "logits after token " + t);
        }

        void assertFinal(MambaState state) {
            assertTrue(expectedState.contentEquals(state), "the states after the last token differ");
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
