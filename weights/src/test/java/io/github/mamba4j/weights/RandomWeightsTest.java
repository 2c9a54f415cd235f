package io.github.mamba4j.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomWeightsTest {
    private static final MambaConfig CONFIG = new MambaConfig(301, 33, 2, 66, 16, 4, 3, true, true, false, 1e-5f, true,
            0,
            List.of(0));

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
        MambaWeights weights = MambaWeights.random(CONFIG, dtype, 5);
        for (Matrix matrix : List.of(weights.embedding(), weights.lmHead(), weights.layers().get(1).inProj(),
                weights.layers().get(0).outProj())) {
            assertEquals(dtype, matrix.dtype());
            assertEquals(1, variance(matrix) * matrix.cols(), 0.1);
        }
    }

    @Test
    void startsWhereTrainingStarts() {
        MambaWeights.Layer layer = MambaWeights.random(CONFIG, DType.F32, 5).layers().getFirst();
        assertEquals(0, layer.aLog()[16]);
        assertEquals((float) Math.log(16), layer.aLog()[31]);
        for (float bias : layer.dtBias()) {
            double dt = Math.log1p(Math.exp(bias));
            assertTrue(dt > 0.99e-3 && dt < 1.01e-1, () -> "dt " + dt);
        }
    }

    @Test
    void dependsOnTheSeedAlone() {
        MambaWeights weights = MambaWeights.random(CONFIG, DType.BF16, 5);
        MambaWeights again = MambaWeights.random(CONFIG, DType.BF16, 5);
        assertEquals(weights.fingerprint(), again.fingerprint());
        assertArrayEquals(weights.layers().get(1).convWeight(), again.layers().get(1).convWeight());
        assertNotEquals(weights.fingerprint(), MambaWeights.random(CONFIG, DType.BF16, 6).fingerprint());
        assertNotEquals(weights.layers().get(0).inProj().get(0, 0), weights.layers().get(1).inProj().get(0, 0));
        assertNotEquals(weights.embedding().get(0, 0), weights.embedding().get(1, 0));
    }

    @Test
    void livesInTheArenaThatIsGiven() {
        MambaConfig tied = new MambaConfig(8, 4, 1, 8, 2, 2, 1, false, false, true, 1e-5f, true, -1, List.of());
        MambaWeights weights;
        try (Arena arena = Arena.ofShared()) {
            weights = MambaWeights.random(tied, DType.F32, 1, arena);
            assertSame(weights.embedding(), weights.lmHead());
            assertEquals(0, weights.layers().getFirst().convBias().length);
        }
        assertThrows(IllegalStateException.class, () -> weights.embedding().get(0, 0));
        assertThrows(IllegalArgumentException.class, () -> MambaWeights.random(tied, DType.I8, 1));
    }
}
