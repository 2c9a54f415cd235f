package io.github.mamba4j.kernels.norm;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.ScalarMath;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The definitions of the norms, with values worked out by hand. */
class NormTest {
    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Scratch scratch = new Scratch();

    @Test
    void aNormDividesByTheRootMeanSquareOfTheRow() {
        Activations x = new Activations(new float[]{2, -2, 2, -2, 0, 0, 16, 0}, 2, 4);
        Activations y = Activations.allocate(2, 4);
        kernels.norm().rmsNorm(NormParameters.of(new float[]{1, 2, 3, 4}, 0f), x, 0, y, 0, 0, 2);
        // Root mean squares 2 and sqrt(256 / 4) = 8.
        Bits.assertSame(new float[]{1, -2, 3, -4, 0, 0, 6, 0}, y.data(), "y");
    }

    @Test
    void epsilonIsAddedToTheMeanSquare() {
        Activations x = new Activations(new float[]{1, 1, 1, 0, 0, 0}, 2, 3);
        kernels.norm().rmsNorm(NormParameters.of(new float[]{8, 8, 8}, 3f), x, 0, x, 0, 0, 2);
        Bits.assertSame(new float[]{4, 4, 4, 0, 0, 0}, x.data(), "y");
    }

    @Test
    void aRowOfZerosStaysZero() {
        Activations x = Activations.allocate(1, 20);
        float[] weight = new float[20];
        Arrays.fill(weight, 1f);
        kernels.norm().rmsNorm(NormParameters.of(weight, 1e-5f), x, 0, x, 0, 0, 1);
        Bits.assertSame(new float[20], x.data(), "y");
    }

    @Test
    void theSumOfSquaresRunsInLanes() {
        float[] x = new float[64];
        // Lane 0 holds 2^24 and loses the ones that come to it; the others meet each other first.
        x[0] = 0x1p12f;
        x[16] = 1;
        x[32] = 1;
        x[48] = 1;
        for (int lane = 1; lane < 16; lane += 2) {
            x[lane] = 1;
        }
        Activations y = Activations.allocate(1, 64);
        float[] weight = new float[64];
        Arrays.fill(weight, 1f);
        kernels.norm().rmsNorm(NormParameters.of(weight, 0f), new Activations(x, 1, 64), 0, y, 0, 0, 1);
        Bits.assertSame(1f / (float) Math.sqrt((0x1p24f + 8) / 64), y.data()[1], "scale");
    }

    @Test
    void eachGroupHasItsOwnNormAndItsOwnWeights() {
        Activations x = new Activations(new float[]{9, 2, -2, 8, 8, 9}, 1, 6);
        Activations y = Activations.allocate(1, 5);
        kernels.norm().rmsNorm(new NormParameters(4, 2, new float[]{1, 2, 3, 4}, 0f), x, 1, y, 1, 0, 1);
        Bits.assertSame(new float[]{0, 1, -2, 3, 4}, y.data(), "y");
    }

    @Test
    void withoutWeightsTheNormIsTheResult() {
        Activations x = new Activations(new float[]{2, -2, 2, -2}, 1, 4);
        kernels.norm().rmsNorm(new NormParameters(4, 1, null, 0f), x, 0, x, 0, 0, 1);
        Bits.assertSame(new float[]{1, -1, 1, -1}, x.data(), "y");
    }

    @Test
    void groupsNeedNotBeMultiplesOfSixteen() {
        // The squares of each group of 18 add up to 18 times 4: lanes 0 and 1 have two.
        float[] values = new float[36];
        Arrays.fill(values, 0, 18, 2f);
        Arrays.fill(values, 18, 36, -4f);
        Activations x = new Activations(values, 1, 36);
        kernels.norm().rmsNorm(new NormParameters(36, 2, null, 0f), x, 0, x, 0, 0, 1);
        float[] expected = new float[36];
        Arrays.fill(expected, 0, 18, 1f);
        Arrays.fill(expected, 18, 36, -1f);
        Bits.assertSame(expected, x.data(), "y");
    }

    @Test
    void withTheGateFirstTheGatedValuesAreNormalised() {
        // silu(32) = 32: the gated values are 64, 64, and 0, 128.
        Activations x = new Activations(new float[]{2, 2, 7, 4}, 2, 2);
        Activations z = new Activations(new float[]{32, 32, 0, 32}, 2, 2);
        Activations y = Activations.allocate(2, 2);
        kernels.norm().gatedRmsNorm(NormParameters.of(new float[]{3, 5}, 0f), GateOrder.GATE_FIRST, x, 0, z, 0, y, 0, 0,
                2, scratch);
        float scale = 1f / (float) Math.sqrt(128 * 128 / 2);
        Bits.assertSame(new float[]{3, 5, 0, 128 * scale * 5}, y.data(), "y");
    }

    @Test
    void withTheNormFirstTheNormalisedValuesAreGated() {
        Activations x = new Activations(new float[]{2, -2, 8, 8}, 1, 4);
        Activations z = new Activations(new float[]{32, 32, 1, 0}, 1, 4);
        Activations y = Activations.allocate(1, 4);
        kernels.norm().gatedRmsNorm(new NormParameters(4, 2, new float[]{1, 2, 3, 4}, 0f), GateOrder.NORM_FIRST, x, 0,
                z, 0, y, 0, 0, 1, scratch);
        Bits.assertSame(new float[]{32, -64, 3 * ScalarMath.silu(1), 0}, y.data(), "y");
    }
}
