package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mamba4j.kernels.Activations;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The numbers of the reference implementation, for every option of the block and every layout of a checkpoint. */
class GoldenTest {
    /** Logits have a standard deviation of about 1; float32 sums in another order differ by some 1e-6. */
    private static final float TOLERANCE = 2e-5f;

    /** Hybrids multiply what they carry by larger factors; in proportion where the deviation is larger than 1. */
    private static final float HYBRID_TOLERANCE = 2e-4f;

    private static final String[] WITH_STATES = GoldenCase.NAMES.toArray(String[]::new);
    private static final String[] CASES = Stream.concat(GoldenCase.NAMES.stream(), GoldenCase.HYBRIDS.stream())
            .toArray(String[]::new);

    @ParameterizedTest
    @FieldSource("CASES")
    void logitsAreTheReferences(String name) throws IOException {
        try (var run = new Run(GoldenCase.of(name))) {
            float[] expected = run.golden.expected("logits").all();
            int first = run.batch.logitsOffset(0, 0);
            run.assertClose(expected, Arrays.copyOfRange(run.batch.logits(), first, first + expected.length), "logits");
        }
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void hiddenStatesAreTheReferencesInEveryLayer(String name) throws IOException {
        try (var run = new Run(GoldenCase.of(name))) {
            List<Integer> layers = run.firstBlocks();
            for (int k = 0; k < layers.size(); k++) {
                run.assertClose(run.golden.expected("hidden." + k).all(), run.seen.get("hidden." + layers.get(k)),
                        "hidden." + k);
            }
            if (!run.isHybrid()) {
                int end = run.model.config().blocks().size();
                run.assertClose(run.golden.expected("hidden." + end).all(), run.seen.get("hidden." + end), "the last");
            }
            run.assertClose(run.golden.expected("final_hidden").all(), run.seen.get("final_hidden"), "final_hidden");
        }
    }

    @ParameterizedTest
    @FieldSource("WITH_STATES")
    void statesAfterThePromptAreTheReferences(String name) throws IOException {
        try (var run = new Run(GoldenCase.of(name))) {
            for (int i = 0; i < run.model.config().blocks().size(); i++) {
                var conv = run.golden.expected("state.conv." + i);
                var ssm = run.golden.expected("state.ssm." + i);
                for (int b = 0; b < run.states.length; b++) {
                    Map<String, float[]> tensors = run.states[b].tensors();
                    float[] window = tensors.get("layers." + i + ".mixer.conv");
                    run.assertClose(withoutOldest(conv.of(b), window), window, "state.conv." + i);
                    run.assertClose(ssm.of(b), tensors.get("layers." + i + ".mixer.ssm"), "state.ssm." + i);
                }
            }
        }
    }

    /** The reference keeps as many columns as the filter has taps; the oldest meets no later token. */
    private static float[] withoutOldest(float[] columns, float[] window) {
        int channels = columns.length - window.length;
        int dConv = columns.length / channels;
        float[] out = new float[window.length];
        for (int c = 0; c < channels; c++) {
            System.arraycopy(columns, c * dConv + 1, out, c * (dConv - 1), dConv - 1);
        }
        return out;
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void greedyContinuationIsTheReferences(String name) throws IOException {
        var golden = GoldenCase.of(name);
        int[][] prompts = golden.expectedIds("input_ids");
        int[][] expected = golden.expectedIds("greedy_ids");
        try (MambaModel model = golden.load()) {
            for (int b = 0; b < prompts.length; b++) {
                int[] ids = TestModels.greedy(model, prompts[b], expected[b].length);
                assertArrayEquals(expected[b], ids, "sequence " + b);
            }
        }
    }

    /** Both sequences of a case as two segments of one batch, and what an observer sees. */
    private static final class Run implements AutoCloseable, ForwardObserver {
        final GoldenCase golden;
        final MambaModel model;
        final Batch batch = new Batch();
        final MambaState[] states;
        final Map<String, float[]> seen = new HashMap<>();

        Run(GoldenCase golden) throws IOException {
            this.golden = golden;
            int[][] ids = golden.expectedIds("input_ids");
            model = golden.load();
            states = new MambaState[ids.length];
            for (int b = 0; b < ids.length; b++) {
                states[b] = model.newState();
                batch.add(states[b], ids[b], 0, ids[b].length, LogitsFor.ALL);
            }
            model.forward(batch, this);
        }

        boolean isHybrid() {
            return GoldenCase.HYBRIDS.contains(golden.name());
        }

        /** The first block of each layer. */
        List<Integer> firstBlocks() {
            List<Integer> first = new ArrayList<>();
            for (int block = 0; block < model.config().blocks().size(); block++) {
                if (model.config().blocks().get(block).name().startsWith("layers." + first.size() + ".")) {
                    first.add(block);
                }
            }
            return first;
        }

        void assertClose(float[] expected, float[] found, String what) {
            float tolerance = isHybrid() ? HYBRID_TOLERANCE * Math.max(1, deviation(expected)) : TOLERANCE;
            assertEquals(expected.length, found.length, what);
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], found[i], tolerance, what + " at " + i);
            }
        }

        private static float deviation(float[] values) {
            double squares = 0;
            for (float value : values) {
                squares += (double) value * value;
            }
            return (float) Math.sqrt(squares / values.length);
        }

        @Override
        public void hidden(int k, Activations residual, int rowCount) {
            seen.put("hidden." + k, Arrays.copyOf(residual.data(), rowCount * residual.cols()));
        }

        @Override
        public void finalHidden(Activations normed, int rowCount) {
            seen.put("final_hidden", Arrays.copyOf(normed.data(), rowCount * normed.cols()));
        }

        @Override
        public void close() {
            model.close();
        }
    }
}
