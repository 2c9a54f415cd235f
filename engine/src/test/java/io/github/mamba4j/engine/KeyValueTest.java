package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The keys and values in a state: their size, their bounds, their files. */
class KeyValueTest {
    private static final ModelConfig CONFIG = TestModels.config(50, 12, 2, true,
            AttentionConfig.of(4, 2, 16).withMaxPositions(100));
    private static final ModelWeights WEIGHTS = TestModels.weights(CONFIG, DType.F32, 1);
    /** Keys and values of 64 positions in two layers. */
    private static final long PAGE_BYTES = 2 * 2 * 64 * 2 * 16 * 4;

    private static MambaModel model(long maxContext) {
        return MambaModel.of(WEIGHTS, ModelOptions.builder().maxContext(maxContext).build());
    }

    private static int[] tokens(int count) {
        int[] tokens = new int[count];
        for (int i = 0; i < count; i++) {
            tokens[i] = i * 7 % 50;
        }
        return tokens;
    }

    @Test
    void growsByPages() {
        try (MambaModel model = model(1000)) {
            MambaState state = model.newState();
            assertEquals(0, state.byteSize());
            model.prefill(state, tokens(64));
            assertEquals(PAGE_BYTES, state.byteSize());
            model.step(state, 1);
            assertEquals(2 * PAGE_BYTES, state.byteSize());
            state.reset();
            assertEquals(0, state.byteSize());
            assertTrue(state.contentEquals(model.newState()));
        }
    }

    @Test
    void tellsContentApartInTheLastPageToo() {
        try (MambaModel model = model(1000)) {
            MambaState state = model.newState();
            model.prefill(state, tokens(70));
            MambaState other = state.copy();
            assertTrue(state.contentEquals(other));
            model.step(state, 1);
            assertFalse(state.contentEquals(other));
            model.step(other, 2);
            assertFalse(state.contentEquals(other));
        }
    }

    @Test
    void aBoundRefusesBeforeAStateChanges() {
        try (MambaModel model = model(80)) {
            MambaState state = model.newState();
            MambaState free = model.newState();
            model.prefill(state, tokens(78));
            var batch = new Batch();
            batch.add(free, 1, LogitsFor.LAST);
            batch.add(state, tokens(3), 0, 3, LogitsFor.LAST);
            var e = assertThrows(IllegalArgumentException.class, () -> model.forward(batch));
            assertEquals("expected at most 80 tokens of a sequence (maxContext), found 78 and 3 more", e.getMessage());
            assertEquals(78, state.tokensConsumed());
            assertEquals(0, free.tokensConsumed());
            model.prefill(state, tokens(2));
            assertThrows(IllegalArgumentException.class, () -> model.step(state, 1));
            assertThrows(IllegalArgumentException.class, () -> model.prefill(model.newState(), tokens(81)));
        }
        assertThrows(IllegalArgumentException.class, () -> ModelOptions.builder().maxContext(0).build());
    }

    /** Beyond what the configuration says, the model goes on. */
    @Test
    void theConfigurationsLimitIsNoBound() {
        try (MambaModel model = MambaModel.of(WEIGHTS, ModelOptions.defaults())) {
            MambaState state = model.newState();
            model.prefill(state, tokens(101));
            assertEquals(101, state.tokensConsumed());
        }
    }

    @Test
    void savesKeysAndValuesByPosition() throws IOException {
        try (MambaModel model = model(1000)) {
            MambaState state = model.newState();
            model.prefill(state, tokens(70));
            Map<String, float[]> tensors = state.tensors();
            assertEquals(70 * 2 * 16, tensors.get("layers.0.mixer.keys").length);
            assertEquals(70 * 2 * 16, tensors.get("layers.1.mixer.values").length);
            assertEquals(4, tensors.size());
        }
    }

    @Test
    void refusesFilesOfOtherLengths() throws IOException {
        try (MambaModel model = model(1000)) {
            MambaState state = model.newState();
            model.prefill(state, tokens(70));
            var out = new ByteArrayOutputStream();
            state.save(out);
            String file = out.toString(StandardCharsets.ISO_8859_1);
            for (String position : new String[]{"7", "71", "999", "1001", "999999999", "999999999999999999"}) {
                String changed = file.replace("\"position\":\"70\"", "\"position\":\"" + position + "\"");
                byte[] bytes = changed.getBytes(StandardCharsets.ISO_8859_1);
                bytes[0] += (byte) (position.length() - 2);
                assertThrows(StateFormatException.class,
                        () -> MambaState.load(new ByteArrayInputStream(bytes), model), position);
            }
        }
        try (MambaModel model = MambaModel.of(WEIGHTS, ModelOptions.defaults())) {
            assertThrows(IllegalArgumentException.class, () -> model.newState().set(Map.of(), 1L << 40));
            assertThrows(IllegalArgumentException.class, () -> model.newState().set(Map.of(), 1 << 30));
        }
    }
}
