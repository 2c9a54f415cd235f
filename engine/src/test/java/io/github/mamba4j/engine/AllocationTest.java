package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.team.WorkQueue;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.AttentionConfig.Pairing;
import io.github.mamba4j.weights.config.AttentionConfig.QkNorm;
import io.github.mamba4j.weights.config.AttentionConfig.Rope;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A forward pass allocates nothing, neither on the calling thread nor on the others of the team. */
class AllocationTest {
    private static final int STEPS = 200;
    /** Compilers come late; until then the interpreter boxes vectors. */
    private static final int MAX_ROUNDS = 300;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final long[] strangers = teamThreads();

    @Test
    void aStepAllocatesNothingAfterWarmUp() {
        try (MambaModel model = model()) {
            MambaState state = model.newState();
            float[] logits = new float[model.config().vocabSize()];
            assertAllocatesNothing(() -> {
                int token = model.kernels().math().argmax(logits, 0, logits.length);
                model.step(state, token, logits);
            });
        }
    }

    @Test
    void aBatchThatIsUsedAgainAllocatesNothingAfterWarmUp() {
        try (MambaModel model = model()) {
            MambaState[] states = {model.newState(), model.newState(), model.newState()};
            int[] prompt = {1, 2, 3, 4, 5};
            var batch = new Batch();
            assertAllocatesNothing(() -> {
                batch.clear();
                batch.add(states[0], 7, LogitsFor.LAST);
                batch.add(states[1], prompt, 0, prompt.length, LogitsFor.ALL);
                batch.add(states[2], 9, LogitsFor.NONE);
                model.forward(batch);
            });
        }
    }

    /** The kernels for many rows are the largest methods; a compiler that gave up on one would show here. */
    @Test
    void aPromptAllocatesNothingAfterWarmUp() {
        assertPromptAllocatesNothing(TestModels.smallWeights(), 40);
    }

    /** Dimensions of whole vectors have kernels of their own, and so have the formats and long prompts. */
    @ParameterizedTest
    @CsvSource({"F32, 48, 40", "F32, 48, 100", "BF16, 48, 40", "BF16, 64, 100", "F16, 48, 40", "F16, 48, 100"})
    void aPromptOfWholeVectorsAllocatesNothingAfterWarmUp(DType dtype, int dtRank, int length) {
        assertPromptAllocatesNothing(
                TestModels.weights(TestModels.config(64, 64, 1, 128, 16, 4, dtRank, false, true, true), dtype, 1),
                length);
    }

    /** Keys and values grow by pages: all steps but those that begin one allocate nothing. */
    @Test
    void aStepWithinAPageAllocatesNothingAfterWarmUp() {
        var attention = AttentionConfig.of(4, 2, 16).withRope(new Rope(8, 1e4, Pairing.HALVES))
                .withQkNorm(new QkNorm(1e-6f)).withOutputGate(true);
        try (MambaModel model = MambaModel.of(
                TestModels.weights(TestModels.config(64, 64, 2, true, attention), DType.F32, 1),
                ModelOptions.builder().threads(2).build())) {
            MambaState state = model.newState();
            float[] logits = new float[64];
            assertAllocatesNothing(() -> {
                state.reset();
                model.step(state, 1, logits);
            }, 63, () -> model.step(state, 2, logits));
        }
    }

    @Test
    void aPromptOfWhichThreadsTakePiecesInTurnsAllocatesNothingAfterWarmUp() {
        assertPromptAllocatesNothing(
                TestModels.weights(
                        TestModels.config(20, 8, 1, 8 * WorkQueue.LEAST_OF_MANY_ROWS, 2, 4, 4, false, true, true),
                        DType.F32, 1),
                64);
    }

    private void assertPromptAllocatesNothing(ModelWeights weights, int length) {
        try (MambaModel model = MambaModel.of(weights, ModelOptions.builder().threads(2).build())) {
            MambaState state = model.newState();
            int[] prompt = new int[length];
            Arrays.setAll(prompt, i -> i % model.config().vocabSize());
            var batch = new Batch();
            assertAllocatesNothing(() -> {
                batch.clear();
                batch.add(state, prompt, 0, prompt.length, LogitsFor.LAST);
                model.forward(batch);
            });
        }
    }

    private static MambaModel model() {
        return MambaModel.of(TestModels.smallWeights(), ModelOptions.builder().threads(2).build());
    }

    private void assertAllocatesNothing(Runnable step) {
        assertAllocatesNothing(() -> {}, STEPS, step);
    }

    private void assertAllocatesNothing(Runnable before, int steps, Runnable step) {
        long[] workers = Arrays.stream(teamThreads()).filter(id -> Arrays.binarySearch(strangers, id) < 0).toArray();
        assertEquals(1, workers.length, "threads of a team of two, beside the caller");
        long bytes = -1;
        for (int round = 0; round < MAX_ROUNDS && bytes != 0; round++) {
            before.run();
            bytes = allocatedBySteps(steps, step, workers);
        }
        assertEquals(0, bytes, "bytes allocated by " + steps + " steps");
    }

    private static long allocatedBySteps(int steps, Runnable step, long[] workers) {
        long othersBefore = Arrays.stream(THREADS.getThreadAllocatedBytes(workers)).sum();
        long ownBefore = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < steps; i++) {
            step.run();
        }
        long own = THREADS.getCurrentThreadAllocatedBytes() - ownBefore;
        long others = Arrays.stream(THREADS.getThreadAllocatedBytes(workers)).sum() - othersBefore;
        return own + others;
    }

    /** Those of models that other tests have just closed may still be about. */
    private static long[] teamThreads() {
        return Arrays.stream(THREADS.dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadName().startsWith("mamba4j-")).mapToLong(t -> t.getThreadId())
                .sorted().toArray();
    }
}
