package io.github.mamba4j.engine.nd4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.ForwardObserver;
import io.github.mamba4j.engine.GoldenCase;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.weights.Checkpoint;
import io.github.mamba4j.weights.config.Mamba1Config;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4jBackend;

/** The tensor code, the engine and the reference implementation agree. */
class Nd4jMambaModelTest {
    private static final float TOLERANCE = 1e-4f;
    private static final String[] CASES = GoldenCase.MAMBA_1.toArray(String[]::new);

    /** ND4J has no natives for some machines. */
    @BeforeAll
    static void requireBackend() {
        try {
            Nd4jBackend.load();
        } catch (Nd4jBackend.NoAvailableBackendException e) {
            abort("no ND4J backend for this machine");
        }
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void everyHiddenStateAndLogitIsTheReferences(String name) throws IOException {
        var golden = GoldenCase.of(name);
        for (var scan : Nd4jMambaBlock.Scan.values()) {
            Nd4jMambaModel model = model(golden, scan);
            int[][] ids = golden.expectedIds("input_ids");
            List<Nd4jMambaBlock.State> states = model.newState(ids.length);
            Nd4jMambaModel.Output output = model.forward(ids, states);
            for (int k = 0; k < output.hidden().size(); k++) {
                assertClose(golden.expected("hidden." + k).all(), output.hidden().get(k), "hidden." + k);
            }
            assertClose(golden.expected("final_hidden").all(), output.finalHidden(), "final_hidden");
            assertClose(golden.expected("logits").all(), output.logits(), "logits");
            for (int i = 0; i < states.size(); i++) {
                assertClose(golden.expected("state.ssm." + i).all(), states.get(i).ssm(), "state.ssm." + i);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void theEngineAgrees(String name) throws IOException {
        var golden = GoldenCase.of(name);
        int[][] ids = golden.expectedIds("input_ids");
        Nd4jMambaModel tensors = model(golden, Nd4jMambaBlock.Scan.TENSORS);
        var expected = tensors.forward(new int[][]{ids[0]}, tensors.newState(1));
        try (MambaModel model = golden.load()) {
            var batch = new Batch();
            batch.add(model.newState(), ids[0], 0, ids[0].length, LogitsFor.ALL);
            List<INDArray> hidden = new ArrayList<>();
            model.forward(batch, new ForwardObserver() {
                @Override
                public void hidden(int k, Activations residual, int rowCount) {
                    hidden.add(Nd4jConversions.toArray(residual, rowCount));
                }
            });
            INDArray logits = Nd4jConversions.logits(batch, 0, ids[0].length, model.config().vocabSize());
            assertClose(Nd4jConversions.toFloats(expected.logits()), logits, "logits");
            for (int k = 0; k < hidden.size(); k++) {
                assertClose(Nd4jConversions.toFloats(expected.hidden().get(k)), hidden.get(k), "hidden." + k);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void aSequenceGoesOnInTheEngineWhereTheTensorsStopped(String name) throws IOException {
        var golden = GoldenCase.of(name);
        int[][] ids = golden.expectedIds("input_ids");
        int cut = ids[0].length / 2;
        Nd4jMambaModel tensors = model(golden, Nd4jMambaBlock.Scan.TENSORS);
        List<Nd4jMambaBlock.State> states = tensors.newState(ids.length);
        tensors.forward(Arrays.stream(ids).map(row -> Arrays.copyOf(row, cut)).toArray(int[][]::new), states);
        try (MambaModel model = golden.load()) {
            for (int s = 0; s < ids.length; s++) {
                MambaState state = model.newState();
                Nd4jConversions.copyTo(states, s, cut, state);
                assertEquals(cut, state.tokensConsumed());
                float[] continued = model.prefill(state, Arrays.copyOfRange(ids[s], cut, ids[s].length));
                float[] whole = model.prefill(model.newState(), ids[s]);
                assertArrayEquals(whole, continued, TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSequenceGoesOnInTensorsWhereTheEngineStopped(Nd4jMambaBlock.Scan scan) throws IOException {
        var golden = GoldenCase.of("mamba-bias");
        int[] ids = golden.expectedIds("input_ids")[0];
        int cut = ids.length / 2;
        try (MambaModel model = golden.load()) {
            MambaState state = model.newState();
            model.prefill(state, Arrays.copyOf(ids, cut));
            List<Nd4jMambaBlock.State> states = new ArrayList<>();
            for (int i = 0; i < model.config().blocks().size(); i++) {
                states.add(Nd4jConversions.toBlockState(state, i, mixer(model, i)));
            }
            INDArray logits = model(golden, scan)
                    .forward(new int[][]{Arrays.copyOfRange(ids, cut, ids.length)}, states).logits();
            float[] last = model.prefill(state, Arrays.copyOfRange(ids, cut, ids.length));
            assertClose(last, logits.slice(0).slice(logits.size(1) - 1), "logits");
        }
    }

    @Test
    void stateArraysGoToTheEngineAndBackUnchanged() throws IOException {
        var golden = GoldenCase.of("mamba-odd");
        try (MambaModel model = golden.load()) {
            MambaState state = model.newState();
            model.prefill(state, golden.expectedIds("input_ids")[0]);
            List<Nd4jMambaBlock.State> states = new ArrayList<>();
            for (int i = 0; i < model.config().blocks().size(); i++) {
                states.add(Nd4jConversions.toBlockState(state, i, mixer(model, i)));
            }
            MambaState copy = model.newState();
            Nd4jConversions.copyTo(states, 0, state.tokensConsumed(), copy);
            assertTrue(copy.contentEquals(state));
        }
    }

    @Test
    void tokensOutsideTheVocabularyAndRaggedSequencesAreRefused() throws IOException {
        Nd4jMambaModel model = model(GoldenCase.of("mamba-base"), Nd4jMambaBlock.Scan.TENSORS);
        var states = model.newState(2);
        assertThrows(IllegalArgumentException.class, () -> model.forward(new int[][]{{1, 2}, {3}}, states));
        assertThrows(IllegalArgumentException.class, () -> model.forward(new int[][]{{1}, {-1}}, states));
        assertThrows(IllegalArgumentException.class, () -> model.forward(new int[0][], states));
        assertThrows(IllegalArgumentException.class, () -> model.forward(new int[][]{{}, {}}, states));
        assertThrows(IllegalArgumentException.class, () -> model.forward(new int[][]{{1}, {2}}, List.of()));
    }

    private static Nd4jMambaModel model(GoldenCase golden, Nd4jMambaBlock.Scan scan) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(golden.folder())) {
            return new Nd4jMambaModel(checkpoint.weights(), scan);
        }
    }

    private static void assertClose(float[] expected, INDArray found, String what) {
        assertArrayEquals(expected, Nd4jConversions.toFloats(found), TOLERANCE, what);
    }

    private static Mamba1Config mixer(MambaModel model, int block) {
        return (Mamba1Config) model.config().blocks().get(block).mixer();
    }
}
