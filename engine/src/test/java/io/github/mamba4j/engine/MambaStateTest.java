package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.DType;
import java.io.OutputStream;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MambaStateTest {
    private final MambaModel model = TestModels.small();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void tokensAreCounted() {
        MambaState state = model.newState();
        assertEquals(0, state.tokensConsumed());
        model.prefill(state, 1, 2, 3);
        model.step(state, 4);
        assertEquals(4, state.tokensConsumed());
    }

    @Test
    void resetStateIsANewOne() {
        MambaState state = model.newState();
        model.prefill(state, 1, 2, 3);
        assertFalse(state.contentEquals(model.newState()));
        state.reset();
        assertTrue(state.contentEquals(model.newState()));
    }

    @Test
    void copyAndOriginalAreIndependent() {
        MambaState state = model.newState();
        model.prefill(state, 1, 2, 3);
        MambaState copy = state.copy();
        assertTrue(copy.contentEquals(state));
        model.step(copy, 4);
        assertFalse(copy.contentEquals(state));
        assertEquals(3, state.tokensConsumed());
    }

    @Test
    void overwritingBringsBackAnEarlierState() {
        MambaState state = model.newState();
        model.prefill(state, 1, 2, 3);
        MambaState earlier = state.copy();
        float[] logits = model.step(state, 4);
        state.copyFrom(earlier);
        assertArrayEquals(logits, model.step(state, 4));
    }

    @Test
    void aStateIsMadeOfTheArraysOfAnother() {
        MambaState state = model.newState();
        model.prefill(state, 1, 2, 3);
        MambaState made = model.newState();
        made.set(state.tensors(), 3);
        assertTrue(made.contentEquals(state));
        assertArrayEquals(model.step(state, 4), model.step(made, 4));
    }

    @Test
    void arraysOfOtherSizesAreRefusedAndChangeNothing() {
        MambaState state = model.newState();
        Map<String, float[]> tensors = state.tensors();
        tensors.put("layers.1.mixer.ssm", new float[3]);
        var e = assertThrows(IllegalArgumentException.class, () -> state.set(tensors, 1));
        assertEquals("layers.1.mixer.ssm: expected 250 values, found 3", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> state.set(Map.of(), 1));
        assertThrows(IllegalArgumentException.class, () -> state.set(state.tensors(), -1));
        assertTrue(state.contentEquals(model.newState()));
    }

    @Test
    void theSameNumbersAfterMoreTokensAreNotTheSameContent() {
        MambaState state = model.newState();
        MambaState other = model.newState();
        other.sequence().endChange(1);
        assertFalse(state.contentEquals(other));
    }

    @Test
    void aStateOfOtherDimensionsCannotBeCopied() {
        var config = TestModels.config(61, 24, 2, 50, 6, 4, 3, true, true, false);
        try (MambaModel other = MambaModel.of(TestModels.weights(config, DType.F32, 1), ModelOptions.defaults())) {
            var e = assertThrows(IllegalArgumentException.class, () -> model.newState().copyFrom(other.newState()));
            assertEquals(
                    "expected a state of layers.0.mixer: conv [50, 3], ssm [50, 5], found one of layers.0.mixer: conv"
                            + " [50, 3], ssm [50, 6]",
                    e.getMessage());
        }
    }

    @Test
    void byteSizeIsThatOfTheNumbers() {
        assertEquals(2 * (3 * 50 + 5 * 50) * 4, model.newState().byteSize());
    }

    /** The convolution's window holds the inputs of the last three tokens: after one token the others are still zero. */
    @Test
    void convolutionWindowIsOldestFirstForEachChannel() {
        MambaState state = model.newState();
        model.step(state, 7);
        float[] window = state.tensors().get("layers.0.mixer.conv");
        assertEquals(50 * 3, window.length);
        for (int c = 0; c < 50; c++) {
            assertEquals(0f, window[c * 3]);
            assertEquals(0f, window[c * 3 + 1]);
            assertTrue(window[c * 3 + 2] != 0f, "channel " + c);
        }
        float newest = window[2];
        model.step(state, 8);
        assertEquals(newest, state.tensors().get("layers.0.mixer.conv")[1]);
    }

    @Test
    void viewsAreCopies() {
        MambaState state = model.newState();
        model.step(state, 7);
        MambaState before = state.copy();
        state.tensors().values().forEach(values -> values[0] = 1000f);
        assertTrue(before.contentEquals(state));
    }

    @Test
    void aStateThatACallLeftHalfDoneIsNotUsedUntilItIsWholeAgain() {
        MambaState state = model.newState();
        model.prefill(state, 1, 2, 3);
        MambaState before = state.copy();
        var batch = new Batch();
        batch.add(state, 4, LogitsFor.LAST);
        assertThrows(ArithmeticException.class, () -> model.forward(batch, new ForwardObserver() {
            @Override
            public void hidden(int k, Activations residual, int rowCount) {
                if (k == 1) {
                    throw new ArithmeticException("enough seen");
                }
            }
        }));
        assertThrows(IllegalStateException.class, () -> model.step(state, 5));
        assertThrows(IllegalStateException.class, state::copy);
        assertThrows(IllegalStateException.class, () -> state.save(OutputStream.nullOutputStream()));
        assertThrows(IllegalStateException.class, batch::logits);
        state.copyFrom(before);
        assertArrayEquals(model.step(before, 5), model.step(state, 5));
    }
}
