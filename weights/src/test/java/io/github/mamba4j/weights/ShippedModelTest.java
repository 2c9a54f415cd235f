package io.github.mamba4j.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.config.TokenIds;
import io.github.mamba4j.weights.file.StoredType;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShippedModelTest {
    @Test
    void hasTheDimensionsOfItsModelCard() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            var mixer = new Mamba1Config(384, 16, 4, 12, false, true);
            assertEquals(new ModelConfig("Mamba-1", 1024, 192, 1e-5f, true, Multipliers.NONE,
                    IntStream.range(0, 8).mapToObj(i -> BlockConfig.mixer(i, mixer)).toList()), checkpoint.config());
            assertEquals(new TokenIds(0, List.of(0)), checkpoint.tokenIds());
            assertEquals(2_210_496, checkpoint.weights().parameters().count());
            assertEquals(Map.of(StoredType.BF16, 2 * 2_210_496L), checkpoint.bytesByType());
        }
    }

    @Test
    void readsMatricesInPlaceAndTiesTheHead() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            ModelWeights weights = checkpoint.weights();
            assertEquals(8, weights.blocks().size());
            assertEquals(DType.BF16, weights.embedding().dtype());
            assertSame(weights.embedding(), weights.head());
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
        ModelWeights weights = checkpoint.weights();
        checkpoint.close();
        checkpoint.close();
        assertThrows(IllegalStateException.class, () -> weights.embedding().get(0, 0));
    }

    /** States that were saved with the shipped model name it by this number. */
    @Test
    void itsFingerprintStaysTheSame() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            assertEquals("117a656187e9baef", Long.toHexString(checkpoint.weights().fingerprint()));
        }
    }
}
