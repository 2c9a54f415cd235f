package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.weights.ModelWeights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@link SameBitsTest} says of one kind of mixer, for models of several: attention among them, over more positions than a
 * page has. Each seed is a model of its own.
 */
class HybridBitsTest {
    private static final int LENGTH = 150;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void stepsAndChunksAreTheWholePrompt(long seed) {
        try (var sample = new Sample(seed)) {
            MambaState steps = sample.model.newState();
            for (int t = 0; t < LENGTH; t++) {
                sample.assertLogits(t, sample.model.step(steps, sample.tokens[t]), 0);
            }
            sample.assertFinal(steps);
            for (int attempt = 0; attempt < 5; attempt++) {
                MambaState chunks = sample.model.newState();
                for (int t = 0; t < LENGTH;) {
                    int end = Math.min(LENGTH, t + sample.random.nextInt(1, 80));
                    float[] logits = sample.model.prefill(chunks, Arrays.copyOfRange(sample.tokens, t, end));
                    sample.assertLogits(end - 1, logits, 0);
                    t = end;
                }
                sample.assertFinal(chunks);
            }
        }
    }

    /** In every call some sequences go on, by a chunk of a prompt or by one token. */
    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void companyInTheBatchChangesNothing(long seed) {
        try (var sample = new Sample(seed)) {
            var batch = new Batch();
            MambaState[] states = new MambaState[4];
            Arrays.setAll(states, s -> sample.model.newState());
            int[] fed = new int[states.length];
            while (Arrays.stream(fed).anyMatch(n -> n < LENGTH)) {
                batch.clear();
                int[] segment = new int[states.length];
                int[] count = new int[states.length];
                for (int s = 0; s < states.length; s++) {
                    int chunk = sample.random.nextBoolean() ? 1 : sample.random.nextInt(0, 70);
                    count[s] = Math.min(chunk, LENGTH - fed[s]);
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
    @ValueSource(longs = {41, 42, 43, 44, 45, 46})
    void threadsKernelsAndPassesChangeNothing(long seed) {
        try (var sample = new Sample(seed)) {
            sample.assertSameUnder(ModelOptions.builder().threads(1).build());
            sample.assertSameUnder(ModelOptions.builder().threads(3).build());
            sample.assertSameUnder(ModelOptions.builder().threads(2).maxRowsPerPass(37).build());
            sample.assertSameUnder(ModelOptions.builder().kernels(KernelChoice.SCALAR).build());
            sample.assertSameUnder(ModelOptions.builder().kernels(KernelChoice.PANAMA).build());
        }
    }

    /** Copies share pages; none may see what another adds, wherever in a page they part. */
    @ParameterizedTest
    @ValueSource(longs = {61, 62, 63, 64, 65, 66})
    void forksGoTheirOwnWay(long seed) {
        try (var sample = new Sample(seed)) {
            for (int fork : new int[]{sample.random.nextInt(1, 64), 64, sample.random.nextInt(65, LENGTH)}) {
                MambaState trunk = sample.model.newState();
                sample.model.prefill(trunk, Arrays.copyOf(sample.tokens, fork));
                MambaState kept = trunk.copy();
                MambaState branch = trunk.copy();
                sample.model.prefill(branch, TestModels.tokens(sample.random, sample.weights.config(), 90));
                MambaState second = kept.copy();
                for (int t = fork; t < LENGTH; t++) {
                    sample.assertLogits(t, sample.model.step(trunk, sample.tokens[t]), 0);
                }
                sample.assertFinal(trunk);
                branch.copyFrom(kept);
                for (MambaState state : new MambaState[]{kept, second, branch}) {
                    sample.model.prefill(state, Arrays.copyOfRange(sample.tokens, fork, LENGTH));
                    sample.assertFinal(state);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {81, 82, 83, 84})
    void savedStatesGoOn(long seed) throws IOException {
        try (var sample = new Sample(seed)) {
            for (int at : new int[]{sample.random.nextInt(1, 64), 128, sample.random.nextInt(65, LENGTH)}) {
                MambaState state = sample.model.newState();
                sample.model.prefill(state, Arrays.copyOf(sample.tokens, at));
                var out = new ByteArrayOutputStream();
                state.save(out);
                MambaState loaded = MambaState.load(new ByteArrayInputStream(out.toByteArray()), sample.model);
                assertTrue(state.contentEquals(loaded));
                MambaState set = sample.model.newState();
                set.set(state.tensors(), at);
                for (MambaState next : new MambaState[]{loaded, set}) {
                    float[] logits = sample.model.prefill(next, Arrays.copyOfRange(sample.tokens, at, LENGTH));
                    sample.assertLogits(LENGTH - 1, logits, 0);
                    sample.assertFinal(next);
                }
            }
        }
    }

    /** A model, a prompt, and what comes out when the prompt goes in whole. */
    private static final class Sample implements AutoCloseable {
        private static final DType[] FORMATS = {DType.F32, DType.BF16, DType.F16};

        final SplittableRandom random;
        final ModelWeights weights;
        final MambaModel model;
        final int[] tokens;
        private final float[] expected;
        private final MambaState expectedState;

        Sample(long seed) {
            random = new SplittableRandom(seed);
            weights = TestModels.weights(TestModels.randomHybrid(random), FORMATS[(int) (seed % 3)], seed);
            model = MambaModel.of(weights, ModelOptions.defaults());
            tokens = TestModels.tokens(random, weights.config(), LENGTH);
            expectedState = model.newState();
            expected = all(model, expectedState).logits();
            float max = 0;
            for (float logit : expected) {
                assertTrue(Float.isFinite(logit));
                max = Math.max(max, Math.abs(logit));
            }
            assertTrue(max > 0.5f && max < 100f, "logits that are all alike would prove nothing");
        }

        private Batch all(MambaModel from, MambaState state) {
            var batch = new Batch();
            batch.add(state, tokens, 0, LENGTH, LogitsFor.ALL);
            from.forward(batch);
            return batch;
        }

        void assertSameUnder(ModelOptions options) {
            try (MambaModel other = MambaModel.of(weights, options)) {
                MambaState whole = other.newState();
                Batch batch = all(other, whole);
                MambaState chunked = other.newState();
                int middle = random.nextInt(1, LENGTH);
                other.prefill(chunked, Arrays.copyOf(tokens, middle));
                for (int t = 0; t < LENGTH; t++) {
                    assertLogits(t, batch.logits(), batch.logitsOffset(0, t));
                    if (t >= middle) {
                        assertLogits(t, other.step(chunked, tokens[t]), 0);
                    }
                }
                assertFinal(whole);
                assertFinal(chunked);
            }
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
