package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The scan's definition, with values worked out by hand. Time steps and gates are 32, because softplus and silu give
 * such a value back unchanged; with {@code aLog2e = -1/32} a state then decays by exactly one half.
 */
class ScanTest {
    private static final float STEP = 32;
    /** {@code dt * u = 1}. */
    private static final float UNIT = 1 / STEP;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Scratch scratch = new Scratch();

    /** A sequence of one channel; B, C and z are the columns of one matrix. */
    private final class Channel {
        private final ScanParameters p;
        private final ScanBuffers io;
        private final float[] h;

        Channel(int rows, float d, float dtBias, float... aLog2e) {
            int dState = aLog2e.length;
            p = new ScanParameters(1, dState, aLog2e, new float[]{d}, new float[]{dtBias});
            Activations bcz = filled(rows, 2 * dState + 1, 1);
            io = new ScanBuffers(filled(rows, 1, UNIT), filled(rows, 1, STEP), bcz, 0, dState, bcz, 2 * dState,
                    Activations.allocate(rows, 1));
            h = new float[dState];
            set(z(), STEP);
        }

        int z() {
            return 2 * p.dState();
        }

        void set(int col, float value) {
            for (int r = 0; r < io.bc().rows(); r++) {
                io.bc().data()[io.bc().index(r, col)] = value;
            }
        }

        void run() {
            kernels.selectiveScan(p, io, h, 0, io.u().rows(), 0, 1, scratch);
        }

        void assertY(float... y) {
            Bits.assertSame(y, io.y().data(), "y");
        }
    }

    private static Activations filled(int rows, int cols, float value) {
        Activations x = Activations.allocate(rows, cols);
        Arrays.fill(x.data(), value);
        return x;
    }

    @Test
    void aStateThatDecaysByHalfAndIsFedOnes() {
        Channel s = new Channel(4, 0, 0, -1 / STEP);
        s.run();
        s.assertY(1 * STEP, 1.5f * STEP, 1.75f * STEP, 1.875f * STEP);
        Bits.assertSame(new float[]{1.875f}, s.h, "h");
    }

    @Test
    void theStateIsCarriedIn() {
        Channel s = new Channel(2, 0, 0, -1 / STEP);
        s.h[0] = 6;
        s.run();
        s.assertY(4 * STEP, 3 * STEP);
    }

    @Test
    void withoutInputTheStateOnlyDecays() {
        Channel s = new Channel(3, 7, 0, -1 / STEP, -2 / STEP);
        Arrays.fill(s.io.u().data(), 0f);
        s.h[0] = 64;
        s.h[1] = 64;
        s.run();
        s.assertY((32 + 16) * STEP, (16 + 4) * STEP, (8 + 1) * STEP);
        Bits.assertSame(new float[]{8, 1}, s.h, "h");
    }

    @Test
    void eachStateHasItsOwnDecayAndItsOwnBAndC() {
        Channel s = new Channel(2, 0, 0, -1 / STEP, -2 / STEP, -3 / STEP);
        s.set(0, 8);
        s.set(1, 16);
        s.set(2, 64);
        s.set(3, 1);
        s.set(4, 10);
        s.set(5, 100);
        s.run();
        s.assertY((8 + 160 + 6400) * STEP, (12 + 200 + 7200) * STEP);
        Bits.assertSame(new float[]{12, 20, 72}, s.h, "h");
    }

    @Test
    void withoutBOnlyTheSkipRemains() {
        Channel s = new Channel(3, 5, 0, -1 / STEP);
        s.set(0, 0);
        System.arraycopy(new float[]{1, 2, -3}, 0, s.io.u().data(), 0, 3);
        s.run();
        s.assertY(5 * STEP, 10 * STEP, -15 * STEP);
        Bits.assertSame(new float[]{0}, s.h, "h");
    }

    @Test
    void theGateMultipliesTheOutputBySiluOfZ() {
        for (float z : new float[]{-3, -0.5f, 0, 0.25f, 2, 100}) {
            Channel s = new Channel(1, 0, 0, -1 / STEP);
            s.set(s.z(), z);
            s.set(0, 4);
            s.run();
            s.assertY(4 * ScalarMath.silu(z));
        }
    }

    @Test
    void dtBecomesSoftplusOfItselfAndTheBias() {
        Channel s = new Channel(3, 0, 2, -1 / STEP);
        System.arraycopy(new float[]{30, -2, -200}, 0, s.io.dt().data(), 0, 3);
        s.run();
        // softplus(0) = ln 2; and softplus(-198) is 0, which stops time: nothing decays, nothing comes in.
        Bits.assertSame(new float[]{32, ScalarMath.softplus(0f), 0}, s.io.dt().data(), "dt");
        Bits.assertSame(s.io.y().data()[1], s.io.y().data()[2], "y");
    }

    @Test
    void theOutputIsADotProductInLanesOverTheStates() {
        for (int half = 8; half > 0; half /= 2) {
            float[] decays = new float[16];
            Arrays.fill(decays, -1 / STEP);
            Channel s = new Channel(1, 0, 0, decays);
            for (int n = 0; n < 16; n++) {
                s.set(n, n == 0 ? 0x1p24f : n < half ? 1 : n == half ? -0x1p24f : 0);
            }
            s.run();
            s.assertY((half - 1) * STEP);
        }
    }

    @Test
    void statesBeyondSixteenGoToTheSameLanesAgain() {
        float[] decays = new float[33];
        Arrays.fill(decays, -1 / STEP);
        Channel s = new Channel(1, 0, 0, decays);
        for (int n = 0; n < 33; n++) {
            s.set(n, 0);
        }
        s.set(0, 0x1p24f);
        s.set(16, 1);
        s.set(32, -0x1p24f);
        s.set(8, 1);
        s.run();
        // The 1 of state 16 is lost in the sum of lane 0; that of state 8 has its own.
        s.assertY(1 * STEP);
    }

    @Test
    void channelsHaveTheirOwnStatesAndShareBAndC() {
        var p = new ScanParameters(2, 2, new float[]{-1 / STEP, -2 / STEP, -3 / STEP, -4 / STEP}, new float[]{0, 1000},
                new float[2]);
        var io = new ScanBuffers(filled(1, 2, UNIT), filled(1, 2, STEP), new Activations(new float[]{1, 2, 3, 4}, 1, 4),
                0, 2, filled(1, 2, STEP), 0, Activations.allocate(1, 2));
        float[] h = {16, 16, 32, 64};
        kernels.selectiveScan(p, io, h, 0, 1, 0, 2, scratch);
        Bits.assertSame(new float[]{8 + 1, 4 + 1, 4 + 2, 4 + 2}, h, "h");
        Bits.assertSame(new float[]{(9 * 3 + 6 * 4) * STEP, (5 * 3 + 6 * 4 + 1000 * UNIT) * STEP}, io.y().data(), "y");
    }

    @Test
    void parametersOfACheckpointAreTransposedAndScaled() {
        float[] aLog = {0, (float) StrictMath.log(2), (float) StrictMath.log(4), 1, 2, 3};
        ScanParameters p = ScanParameters.of(aLog, new float[]{1, 2}, new float[]{3, 4});
        float log2e = (float) (1 / StrictMath.log(2));
        float[] expected = {-log2e, 0, -2 * log2e, 0, -4 * log2e, 0};
        for (int n = 0; n < 3; n++) {
            expected[2 * n + 1] = (float) (-StrictMath.exp(1 + n) / StrictMath.log(2));
        }
        for (int i = 0; i < expected.length; i++) {
            // The logarithms above are rounded to float, which moves the result by more than its own rounding.
            assertEquals(expected[i], p.aLog2e()[i], 4 * Math.ulp(expected[i]));
        }
    }
}
