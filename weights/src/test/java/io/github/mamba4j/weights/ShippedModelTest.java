package io.github.mamba4j.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShippedModelTest {
    @Test
    void hasTheDimensionsOfItsModelCard() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            assertEquals(new MambaConfig(1024, 192, 8, 384, 16, 4, 12, false, true, true, 1e-5f, true, 0, List.of(0)),
                    checkpoint.config());
            assertEquals(2_210_496, checkpoint.config().parameterCount());
            assertEquals(Map.of(DType.BF16, 2 * 2_210_496L), checkpoint.bytesByDType());
        }
    }

    @Test
    void readsMatricesInPlaceAndTiesTheHead() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            MambaWeights weights = checkpoint.weights();
            assertEquals(8, weights.layers().size());
            assertEquals(DType.BF16, weights.embedding().dtype());
            assertSame(weights.embedding(), weights.lmHead());
            assertEquals(checkpoint.tensor("backbone.embeddings.weight").data().address(),
                    weights.embedding().data().address());
        }
    }

    @Test
    void bringsItsTokenizer() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            assertTrue(checkpoint.files().has("tokenizer.json"));
            try (var in = checkpoint.files().open("generation_config.json").orElseThrow()) {
                assertEquals('{', in.read());
            }
            assertTrue(checkpoint.files().open("nothing.json").isEmpty());
            assertThrows(IllegalArgumentException.class, () -> checkpoint.files().has("../package-info.class"));
        }
    }

    @Test
    void refusesUseAfterClose() throws IOException {
        Checkpoint checkpoint = Checkpoint.shipped();
        MambaWeights weights = checkpoint.weights();
        checkpoint.close();
        checkpoint.close();
        assertThrows(IllegalStateException.class, () -> weights.embedding().get(0, 0));
    }

    /** States that were saved with the shipped model name it by this number. */
    @Test
    void itsFingerprintStaysTheSame() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            assertEquals("2c74afbfd0a49659", Long.toHexString(checkpoint.weights().fingerprint()));
        }
    }
}
