package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MambaModelTest {
    @Test
    void prefillNeedsAToken() {
        try (MambaModel model = TestModels.small()) {
            assertThrows(IllegalArgumentException.class, () -> model.prefill(model.newState()));
        }
    }

    @Test
    void stepNeedsAnArrayOfTheVocabulary() {
        try (MambaModel model = TestModels.small()) {
            MambaState state = model.newState();
            var e = assertThrows(IllegalArgumentException.class, () -> model.step(state, 1, new float[60]));
            assertEquals("logits: expected an array of 61, found one of 60", e.getMessage());
            assertTrue(state.contentEquals(model.newState()));
        }
    }

    @Test
    void theModelGoesOnAfterARefusal() {
        try (MambaModel model = TestModels.small()) {
            MambaState state = model.newState();
            assertThrows(IllegalArgumentException.class, () -> model.step(state, 61));
            assertThrows(IllegalArgumentException.class, () -> model.prefill(state, 1, -5));
            assertThrows(NullPointerException.class, () -> model.step(null, 1));
            assertArrayEquals(model.step(model.newState(), 3), model.step(state, 3));
        }
    }

    @Test
    void aClosedModelSaysSo() throws IOException {
        MambaModel model = GoldenCase.of("mamba-base").load();
        MambaState state = model.newState();
        model.close();
        model.close();
        var batch = new Batch();
        batch.add(state, 1, LogitsFor.LAST);
        for (Runnable use : List.<Runnable>of(() -> model.forward(batch), () -> model.step(state, 1),
                () -> model.prefill(state, 1, 2))) {
            assertEquals("the model is closed", assertThrows(IllegalStateException.class, use::run).getMessage());
        }
        assertEquals(0, state.tokensConsumed());
        assertFalse(model.files().has("tokenizer.json"));
    }

    @Test
    void closingWaitsForTheRunningCall() throws Exception {
        MambaModel model = TestModels.small();
        var batch = new Batch();
        batch.add(model.newState(), new int[]{1, 2, 3}, 0, 3, LogitsFor.LAST);
        var inside = new CountDownLatch(1);
        var closing = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(2)) {
            Future<?> forward = threads.submit(() -> model.forward(batch, new ForwardObserver() {
                @Override
                public void hidden(int k, Activations residual, int rowCount) {
                    inside.countDown();
                    awaitQuietly(closing);
                }

                @Override
                public void finalHidden(Activations normed, int rowCount) {
                    ended.set(true);
                }
            }));
            inside.await();
            Future<Boolean> close = threads.submit(() -> {
                closing.countDown();
                model.close();
                return ended.get();
            });
            assertTrue(close.get(), "closed before the call had ended");
            forward.get();
        }
        assertTrue(Float.isFinite(batch.logits()[0]));
        assertThrows(IllegalStateException.class, () -> model.forward(batch));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anObserverCannotUseTheModel() {
        try (MambaModel model = TestModels.small()) {
            MambaState other = model.newState();
            for (Runnable use : List.<Runnable>of(() -> model.step(other, 1), model::close)) {
                var batch = new Batch();
                batch.add(model.newState(), 1, LogitsFor.LAST);
                assertThrows(IllegalStateException.class, () -> model.forward(batch, new ForwardObserver() {
                    @Override
                    public void hidden(int k, Activations residual, int rowCount) {
                        use.run();
                    }
                }));
            }
            assertEquals(0, other.tokensConsumed());
            model.step(other, 1);
        }
    }

    /** In a long text as in steps; and looking on changes nothing. */
    @Test
    void anObserverSeesTheStepSizesOfLongTextsToo() {
        var random = new SplittableRandom(9);
        var config = TestModels.randomConfig(random, 48);
        try (MambaModel model = MambaModel.of(TestModels.weights(config, DType.F32, 9), ModelOptions.defaults())) {
            int[] tokens = TestModels.tokens(random, config, 100);
            float[][] whole = new float[config.blocks().size()][];
            MambaState seen = model.newState();
            var batch = new Batch();
            batch.add(seen, tokens, 0, tokens.length, LogitsFor.NONE);
            model.forward(batch, stepSizes(whole));
            MambaState alone = model.newState();
            model.prefill(alone, tokens);
            assertTrue(alone.contentEquals(seen), "looking on has changed the state");
            MambaState state = model.newState();
            float[][] step = new float[config.blocks().size()][];
            for (int t = 0; t < tokens.length; t++) {
                batch.clear();
                batch.add(state, tokens[t], LogitsFor.NONE);
                model.forward(batch, stepSizes(step));
                for (int layer = 0; layer < step.length; layer++) {
                    int dInner = step[layer].length;
                    int row = t * dInner;
                    assertArrayEquals(step[layer],
                            Arrays.copyOfRange(whole[layer], row, row + dInner), "token " + t);
                }
            }
        }
    }

    private static ForwardObserver stepSizes(float[][] to) {
        return new ForwardObserver() {
            @Override
            public void inside(int block, Probe probe, Activations dt, int rowCount) {
                to[block] = Arrays.copyOf(dt.data(), rowCount * dt.cols());
            }
        };
    }

    @Test
    void anObserverSeesEveryRowOfEveryPassOnce() {
        var options = ModelOptions.builder().maxRowsPerPass(4).build();
        try (MambaModel model = MambaModel.of(TestModels.smallWeights(), options)) {
            List<String> seen = new ArrayList<>();
            var batch = new Batch();
            batch.add(model.newState(), new int[]{1, 2, 3}, 0, 3, LogitsFor.NONE);
            batch.add(model.newState(), new int[]{1, 2}, 0, 2, LogitsFor.NONE);
            model.forward(batch, new ForwardObserver() {
                @Override
                public void beginPass(int firstRow, int rowCount) {
                    seen.add("pass " + firstRow + "+" + rowCount);
                }

                @Override
                public void hidden(int k, Activations residual, int rowCount) {
                    seen.add("hidden " + k + " " + rowCount + "x" + residual.cols());
                }

                @Override
                public void inside(int block, Probe probe, Activations dt, int rowCount) {
                    seen.add("dt " + block + " " + rowCount + "x" + dt.cols());
                    for (int i = 0; i < rowCount * dt.cols(); i++) {
                        assertTrue(dt.data()[i] > 0, "a step size is positive");
                    }
                }

                @Override
                public void finalHidden(Activations normed, int rowCount) {
                    seen.add("final " + rowCount + "x" + normed.cols());
                }
            });
            List<String> expected = new ArrayList<>();
            for (int[] pass : new int[][]{{0, 2}, {2, 3}}) {
                int rows = pass[1];
                expected.addAll(List.of("pass " + pass[0] + "+" + rows, "hidden 0 " + rows + "x24",
                        "dt 0 " + rows + "x50", "hidden 1 " + rows + "x24", "dt 1 " + rows + "x50",
                        "hidden 2 " + rows + "x24", "final " + rows + "x24"));
            }
            assertEquals(expected, seen);
        }
    }

    @Test
    void threadsShareAModelWithoutDisturbingEachOther() throws Exception {
        try (MambaModel model = TestModels.small(); var threads = Executors.newFixedThreadPool(5)) {
            var random = new SplittableRandom(3);
            List<int[]> prompts = new ArrayList<>();
            List<int[]> alone = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                prompts.add(TestModels.tokens(random, model.config(), random.nextInt(1, 25)));
                alone.add(TestModels.greedy(model, prompts.get(i), 25));
            }
            List<Callable<int[]>> tasks = new ArrayList<>();
            prompts.forEach(prompt -> tasks.add(() -> TestModels.greedy(model, prompt, 25)));
            List<Future<int[]>> together = threads.invokeAll(tasks);
            for (int i = 0; i < alone.size(); i++) {
                assertArrayEquals(alone.get(i), together.get(i).get(), "sequence " + i);
            }
        }
    }

    @Test
    void closingWhileOthersUseTheModelEndsThemCleanly() throws Exception {
        MambaModel model = TestModels.small();
        try (var threads = Executors.newFixedThreadPool(3)) {
            var started = new CountDownLatch(3);
            List<Future<?>> users = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                users.add(threads.submit(() -> {
                    MambaState state = model.newState();
                    model.step(state, 1);
                    started.countDown();
                    while (true) {
                        model.step(state, 2);
                    }
                }));
            }
            started.await();
            model.close();
            for (Future<?> user : users) {
                var e = assertThrows(ExecutionException.class, user::get);
                assertEquals("the model is closed", e.getCause().getMessage());
            }
        }
    }

    @Test
    void theFingerprintTellsWeightsApartAndNotOptions() throws IOException {
        var base = GoldenCase.of("mamba-base");
        try (MambaModel one = base.load();
                MambaModel two = base.load(ModelOptions.builder().threads(1).build());
                MambaModel rounded = base.load(ModelOptions.builder().dtype(DType.BF16).build());
                MambaModel other = GoldenCase.of("mamba-noconvbias").load()) {
            assertEquals(one.fingerprint(), two.fingerprint());
            assertNotEquals(one.fingerprint(), rounded.fingerprint());
            assertNotEquals(one.fingerprint(), other.fingerprint());
        }
    }

    @Test
    void convertedWeightsGiveNearlyTheSameLogits() throws IOException {
        var golden = GoldenCase.of("mamba-base");
        int[] prompt = golden.expectedIds("input_ids")[0];
        try (MambaModel stored = golden.load();
                MambaModel rounded = golden.load(ModelOptions.builder().dtype(DType.F16).build())) {
            float[] expected = stored.prefill(stored.newState(), prompt);
            float[] found = rounded.prefill(rounded.newState(), prompt);
            assertArrayEquals(expected, found, 0.02f);
            assertFalse(Arrays.equals(expected, found), "the weights were not rounded");
        }
    }

    @Test
    void whatIsNotACheckpointIsRefused(@TempDir Path empty) {
        assertThrows(CheckpointException.class, () -> MambaModel.load(empty));
    }
}
