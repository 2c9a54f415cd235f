package io.github.mamba4j.kernels.conv;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.math.ScalarMath;
import org.junit.jupiter.api.Test;

/**
 * The convolution's definition, with values worked out by hand. The sums are 20 or more where they matter, because silu
 * gives such a value back unchanged.
 */
class ConvTest {
    private final Kernels kernels = KernelChoice.fromSystemProperty().load();

    /** Four taps: 1000 on the oldest row, then 100, 10, and 1 on the present one. */
    private static ConvParameters decimal(int dInner) {
        float[] weight = new float[4 * dInner];
        for (int c = 0; c < dInner; c++) {
            weight[c] = 1000;
            weight[dInner + c] = 100;
            weight[2 * dInner + c] = 10;
            weight[3 * dInner + c] = 1;
        }
        return new ConvParameters(dInner, 4, weight, new float[dInner], CausalConv.Activation.SILU);
    }

    private void assertConv(ConvParameters p, float[] x, float[] window, float[] y, float[] nextWindow) {
        int rows = x.length / p.channels();
        Activations out = Activations.allocate(rows, p.channels());
        float[] w = window.clone();
        kernels.conv().convolve(p, new Activations(x, rows, p.channels()), 0, out, 0, w, 0, rows, 0, p.channels());
        Bits.assertSame(y, out.data(), "y");
        Bits.assertSame(nextWindow, w, "window");
    }

    @Test
    void rowsBeforeTheFirstComeFromTheWindow() {
        assertConv(decimal(1), new float[]{4, 5}, new float[]{1, 2, 3}, new float[]{1234, 2345}, new float[]{3, 4, 5});
    }

    @Test
    void aNewSequenceBeginsWithZeros() {
        assertConv(decimal(1), new float[]{21, 2, 3, 4, 5}, new float[3], new float[]{21, 212, 2123, 21234, 2345},
                new float[]{3, 4, 5});
    }

    @Test
    void oneRowMovesTheWindowByOne() {
        assertConv(decimal(1), new float[]{7}, new float[]{1, 2, 3}, new float[]{1237}, new float[]{2, 3, 7});
    }

    @Test
    void asManyRowsAsTheWindowHoldsReplaceIt() {
        assertConv(decimal(1), new float[]{4, 5, 6}, new float[]{1, 2, 3}, new float[]{1234, 2345, 3456},
                new float[]{4, 5, 6});
    }

    @Test
    void noRowsLeaveTheWindowAsItIs() {
        assertConv(decimal(1), new float[0], new float[]{1, 2, 3}, new float[0], new float[]{1, 2, 3});
    }

    @Test
    void channelsDoNotMix() {
        assertConv(decimal(2), new float[]{4, 40, 5, 50}, new float[]{1, 10, 2, 20, 3, 30},
                new float[]{1234, 12340, 2345, 23450}, new float[]{3, 30, 4, 40, 5, 50});
    }

    @Test
    void oneTapNeedsNoWindow() {
        var p = new ConvParameters(2, 1, new float[]{2, 3}, new float[]{100, 200}, CausalConv.Activation.SILU);
        assertConv(p, new float[]{1, 2, 3, 4}, new float[0], new float[]{102, 206, 106, 212}, new float[0]);
    }

    @Test
    void theSumBeginsWithTheBias() {
        // From the oldest tap to the newest: 2^24 + 1 stays 2^24 before 2^24 is taken away again.
        var p = new ConvParameters(1, 2, new float[]{1, -1}, new float[]{0x1p24f}, CausalConv.Activation.SILU);
        assertConv(p, new float[]{0x1p24f - 32}, new float[]{1}, new float[]{32}, new float[]{0x1p24f - 32});
    }

    @Test
    void siluOfTheSumIsTheOutput() {
        var p = new ConvParameters(1, 2, new float[]{1, 1}, new float[]{-1}, CausalConv.Activation.SILU);
        assertConv(p, new float[]{0.5f, 0.5f, -1}, new float[]{0.5f},
                new float[]{0f, 0f, ScalarMath.silu(-1.5f)}, new float[]{-1});
    }

    @Test
    void channelZeroMayLieInAnyColumn() {
        Activations x = new Activations(new float[]{-1, -1, 4, -1, -1, 5}, 2, 3);
        Activations y = Activations.allocate(2, 1);
        float[] window = {1, 2, 3};
        kernels.conv().convolve(decimal(1), x, 2, y, 0, window, 0, 2, 0, 1);
        Bits.assertSame(new float[]{1234, 2345}, y.data(), "y");
        Bits.assertSame(new float[]{3, 4, 5}, window, "window");
    }

    @Test
    void withoutActivationTheSumIsTheOutput() {
        var p = new ConvParameters(1, 2, new float[]{1, 1}, new float[]{-1}, CausalConv.Activation.NONE);
        assertConv(p, new float[]{0.5f, 0.5f, -1}, new float[]{0.5f}, new float[]{0, 0, -1.5f}, new float[]{-1});
        var four = new ConvParameters(1, 4, new float[]{1000, 100, 10, 1}, new float[1], CausalConv.Activation.NONE);
        assertConv(four, new float[]{-4, 5, 6, 7}, new float[]{1, 2, 3}, new float[]{1226, 2265, 2656, -3433},
                new float[]{5, 6, 7});
    }

    @Test
    void theOutputMayLieInOtherColumnsOfTheInput() {
        Activations x = new Activations(new float[]{4, 9, 9, 5, 9, 9}, 2, 3);
        kernels.conv().convolve(decimal(1), x, 0, x, 2, new float[]{1, 2, 3}, 0, 2, 0, 1);
        Bits.assertSame(new float[]{4, 9, 1234, 5, 9, 2345}, x.data(), "x and y");
    }

    @Test
    void filtersOfACheckpointAreTransposed() {
        ConvParameters p = ConvParameters.of(new float[]{1, 2, 3, 10, 20, 30}, new float[0], 2,
                CausalConv.Activation.SILU);
        Bits.assertSame(new float[]{1, 10, 2, 20, 3, 30}, p.weight(), "weight");
        Bits.assertSame(new float[2], p.bias(), "bias");
    }
}
