package io.github.mamba4j.weights.bind;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomParametersTest {
    private static final ModelConfig CONFIG = config(301, 33, false, 2, new Mamba1Config(66, 16, 4, 3, true, true));

    private static ModelConfig config(int vocabSize, int dModel, boolean tied, int nLayer, Mamba1Config mixer) {
        return new ModelConfig("Mamba-1", vocabSize, dModel, 1e-5f, tied, Multipliers.NONE,
                IntStream.range(0, nLayer).mapToObj(i -> BlockConfig.mixer(i, mixer)).toList());
    }

    private static Mamba1Weights layer(ModelWeights weights, int layer) {
        return (Mamba1Weights) weights.blocks().get(layer).mixer();
    }

    private static double variance(Matrix matrix) {
        double sum = 0;
        for (int r = 0; r < matrix.rows(); r++) {
            for (int k = 0; k < matrix.cols(); k++) {
                sum += matrix.get(r, k) * matrix.get(r, k);
            }
        }
        return sum / matrix.rows() / matrix.cols();
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void keepsTheVarianceOfActivations(DType dtype) {
        ModelWeights weights = ModelWeights.random(CONFIG, dtype, 5);
        for (Matrix matrix : List.of(weights.embedding(), weights.head(), layer(weights, 1).inProj(),
                layer(weights, 0).outProj())) {
            assertEquals(dtype, matrix.dtype());
            assertEquals(1, variance(matrix) * matrix.cols(), 0.1);
        }
    }

    @Test
    void startsWhereTrainingStarts() {
        Mamba1Weights layer = layer(ModelWeights.random(CONFIG, DType.F32, 5), 0);
        assertEquals(66 * 16, layer.a().length);
        assertEquals(-1, layer.a()[16]);
        assertEquals(-16, layer.a()[31]);
        assertEquals(1, layer.d()[65]);
        assertEquals(0.5, largest(layer.convWeight()) / Math.sqrt(3), 0.01);
        assertEquals(0.1, largest(layer.convBias()), 0.01);
        for (float bias : layer.dtBias()) {
            double dt = Math.log1p(Math.exp(bias));
            assertTrue(dt > 0.99e-3 && dt < 1.01e-1, () -> "dt " + dt);
        }
    }

    private static double largest(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> Math.abs(values[i])).max().orElseThrow();
    }

    @Test
    void dependsOnTheSeedAlone() {
        ModelWeights weights = ModelWeights.random(CONFIG, DType.BF16, 5);
        ModelWeights again = ModelWeights.random(CONFIG, DType.BF16, 5);
        assertEquals(weights.fingerprint(), again.fingerprint());
        assertArrayEquals(layer(weights, 1).convWeight(), layer(again, 1).convWeight());
        assertNotEquals(weights.fingerprint(), ModelWeights.random(CONFIG, DType.BF16, 6).fingerprint());
        assertNotEquals(layer(weights, 0).inProj().get(0, 0), layer(weights, 1).inProj().get(0, 0));
        assertNotEquals(weights.embedding().get(0, 0), weights.embedding().get(1, 0));
    }

    @Test
    void livesInTheArenaThatIsGiven() {
        ModelConfig tied = config(8, 4, true, 1, new Mamba1Config(8, 2, 2, 1, false, false));
        ModelWeights weights;
        try (Arena arena = Arena.ofShared()) {
            weights = ModelWeights.random(tied, DType.F32, 1, arena);
            assertSame(weights.embedding(), weights.head());
            assertEquals(0, layer(weights, 0).convBias().length);
        }
        assertThrows(IllegalStateException.class, () -> weights.embedding().get(0, 0));
        assertThrows(IllegalArgumentException.class, () -> ModelWeights.random(tied, DType.I8, 1));
    }
}
