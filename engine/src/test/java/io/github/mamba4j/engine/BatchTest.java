package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.ModelWeights;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchTest {
    private final MambaModel model = TestModels.small();
    private final Batch batch = new Batch();

    @AfterEach
    void close() {
        model.close();
    }

    @Test
    void logitsStandInTheOrderOfTheSegments() {
        int vocab = model.config().vocabSize();
        int last = batch.add(model.newState(), new int[]{1, 2, 3}, 0, 3, LogitsFor.LAST);
        int none = batch.add(model.newState(), new int[]{1, 2, 3}, 0, 3, LogitsFor.NONE);
        int all = batch.add(model.newState(), new int[]{9, 1, 2, 3, 9}, 1, 4, LogitsFor.ALL);
        assertEquals(3, batch.segments());
        assertEquals(9, batch.rows());
        model.forward(batch);
        assertEquals(0, batch.logitsOffset(last, 0));
        assertEquals(vocab, batch.logitsOffset(all, 0));
        assertEquals(3 * vocab, batch.logitsOffset(all, 2));
        assertArrayEquals(Arrays.copyOfRange(batch.logits(), 0, vocab),
                Arrays.copyOfRange(batch.logits(), 3 * vocab, 4 * vocab));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.logitsOffset(none, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.logitsOffset(all, 3));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.logitsOffset(3, 0));
    }

    @Test
    void anEmptyBatchDoesNothing() {
        model.forward(batch);
        assertEquals(0, batch.rows());
    }

    @Test
    void aClearedBatchIsUsedAgain() {
        batch.add(model.newState(), new int[]{1, 2, 3, 4}, 0, 4, LogitsFor.ALL);
        model.forward(batch);
        float[] buffer = batch.logits();
        batch.clear();
        assertThrows(IllegalStateException.class, batch::logits);
        batch.add(model.newState(), 5, LogitsFor.LAST);
        model.forward(batch);
        assertSame(buffer, batch.logits());
        float[] logits = Arrays.copyOf(batch.logits(), model.config().vocabSize());
        assertArrayEquals(model.step(model.newState(), 5), logits);
    }

    @Test
    void oneBatchServesModelsOfDifferentSizes() {
        var config = TestModels.config(97, 10, 1, 20, 3, 2, 1, false, false, true);
        try (MambaModel other = MambaModel.of(TestModels.weights(config, DType.F32, 5), ModelOptions.defaults())) {
            batch.add(model.newState(), 5, LogitsFor.LAST);
            model.forward(batch);
            batch.clear();
            batch.add(other.newState(), 96, LogitsFor.LAST);
            other.forward(batch);
            assertArrayEquals(other.step(other.newState(), 96), Arrays.copyOf(batch.logits(), 97));
        }
    }

    @Test
    void tokensAreCopied() {
        int[] tokens = {1, 2, 3};
        batch.add(model.newState(), tokens, 0, 3, LogitsFor.LAST);
        Arrays.fill(tokens, -1);
        model.forward(batch);
        assertArrayEquals(model.prefill(model.newState(), 1, 2, 3),
                Arrays.copyOf(batch.logits(), model.config().vocabSize()));
    }

    @Test
    void logitsAreNotReadBeforeTheyAreComputed() {
        assertThrows(IllegalStateException.class, batch::logits);
        batch.add(model.newState(), 1, LogitsFor.LAST);
        model.forward(batch);
        batch.add(model.newState(), 1, LogitsFor.LAST);
        assertThrows(IllegalStateException.class, () -> batch.logitsOffset(0, 0));
    }

    @Test
    void aSegmentNeedsTokensAndAStateOfItsOwn() {
        MambaState state = model.newState();
        assertThrows(IllegalArgumentException.class, () -> batch.add(state, new int[3], 2, 2, LogitsFor.LAST));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.add(state, new int[3], 2, 4, LogitsFor.LAST));
        assertThrows(NullPointerException.class, () -> batch.add(null, 1, LogitsFor.LAST));
        batch.add(model.newState(), 1, LogitsFor.LAST);
        batch.add(state, 1, LogitsFor.LAST);
        var e = assertThrows(IllegalArgumentException.class, () -> batch.add(state, 2, LogitsFor.LAST));
        assertEquals("the state is in this batch already, as that of segment 1", e.getMessage());
        assertEquals(2, batch.rows());
    }

    @Test
    void aTokenOutsideTheVocabularyIsNamedAndNoStateChanges() {
        MambaState first = model.newState();
        MambaState second = model.newState();
        for (int bad : new int[]{-1, 61, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            batch.clear();
            batch.add(first, new int[]{1, 2, 3}, 0, 3, LogitsFor.LAST);
            batch.add(second, new int[]{4, bad}, 0, 2, LogitsFor.LAST);
            var e = assertThrows(IllegalArgumentException.class, () -> model.forward(batch));
            assertEquals("token id " + bad + " is outside the vocabulary: expected 0 to 60", e.getMessage());
        }
        assertTrue(first.contentEquals(model.newState()));
        assertTrue(second.contentEquals(model.newState()));
    }

    @Test
    void aStateOfAnotherModelIsRefusedAndNoStateChanges() {
        var config = TestModels.config(61, 24, 3, 50, 5, 4, 3, true, true, false);
        try (MambaModel deeper = MambaModel.of(TestModels.weights(config, DType.F32, 1), ModelOptions.defaults());
                MambaModel retrained = MambaModel.of(TestModels.weights(model.config(), DType.F32, 2),
                        ModelOptions.defaults())) {
            MambaState own = model.newState();
            for (MambaModel other : new MambaModel[]{deeper, retrained}) {
                batch.clear();
                batch.add(own, 1, LogitsFor.LAST);
                batch.add(other.newState(), 1, LogitsFor.LAST);
                var e = assertThrows(IllegalArgumentException.class, () -> model.forward(batch));
                assertTrue(e.getMessage().startsWith("expected a state of "), e.getMessage());
            }
            assertTrue(own.contentEquals(model.newState()));
        }
    }

    @Test
    void logitsThatFitNoArrayAreRefusedAndNoStateChanges() {
        var config = TestModels.config(1 << 20, 1, 1, 2, 1, 1, 1, false, false, true);
        try (MambaModel wide = MambaModel.of(TestModels.weights(config, DType.BF16, 1), ModelOptions.defaults())) {
            MambaState state = wide.newState();
            batch.add(state, new int[2048], 0, 2048, LogitsFor.ALL);
            var e = assertThrows(IllegalArgumentException.class, () -> wide.forward(batch));
            assertTrue(e.getMessage().contains("2048 tokens over a vocabulary of 1048576"), e.getMessage());
            assertTrue(state.contentEquals(wide.newState()));
        }
    }

    /** What the head reads can be wider than what it writes: a vocabulary of bytes before a large model. */
    @Test
    void rowsThatTheHeadCannotReadAtOnceAreRefusedBeforeAnythingChanges() {
        var wide = TestModels.config(2, 1 << 18, 1, 1, 1, 1, 1, false, false, true);
        try (MambaModel other = MambaModel.of(ModelWeights.random(wide, DType.F16, 1), ModelOptions.defaults())) {
            MambaState state = other.newState();
            batch.add(state, new int[1 << 13], 0, 1 << 13, LogitsFor.ALL);
            var e = assertThrows(IllegalArgumentException.class, () -> other.forward(batch));
            assertTrue(e.getMessage().contains("8192 tokens"), e.getMessage());
            assertTrue(state.contentEquals(other.newState()));
        }
    }
}
