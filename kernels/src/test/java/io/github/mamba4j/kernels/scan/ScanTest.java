package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.ScalarMath;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The scan's definition, with values worked out by hand. Time steps and gates are 32, because softplus and silu give
 * such a value back unchanged; with {@code aLog2e = -1/32} a state then decays by exactly one half.
 */
class ScanTest {
    private static final int CHANNELS = 37;
    private static final float STEP = 32;
    /** {@code dt * u = 1}. */
    private static final float UNIT = 1 / STEP;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Scratch scratch = new Scratch();

    /** A sequence whose channels are all alike: enough of them for vectors and a rest. */
    private final class Sequence {
        private final ScanParameters p;
        private final ScanBuffers io;
        private final float[] h;

        Sequence(int rows, float d, float dtBias, float... aLog2e) {
            int dState = aLog2e.length;
            p = new ScanParameters(new ScanLayout(CHANNELS, dState), states(aLog2e), forAllChannels(d),
                    forAllChannels(dtBias));
            io = new ScanBuffers(filled(rows, CHANNELS, UNIT), filled(rows, CHANNELS, STEP),
                    filled(rows, 2 * dState, 1),
                    0, dState, filled(rows, CHANNELS, STEP), 0, Activations.allocate(rows, CHANNELS));
            h = new float[dState * CHANNELS];
        }

        /** Sets B of state n in all rows. */
        void b(int n, float value) {
            setColumn(n, value);
        }

        /** Sets C of state n in all rows. */
        void c(int n, float value) {
            setColumn(p.dState() + n, value);
        }

        private void setColumn(int col, float value) {
            for (int r = 0; r < io.bc().rows(); r++) {
                io.bc().data()[io.bc().index(r, col)] = value;
            }
        }

        void h(float... states) {
            System.arraycopy(states(states), 0, h, 0, h.length);
        }

        void run() {
            kernels.selectiveScan().scan(p, io, h, 0, io.u().rows(), 0, CHANNELS, scratch);
        }

        void assertY(float... y) {
            Bits.assertSame(forAllChannels(y), io.y().data(), "y");
        }

        void assertH(float... states) {
            Bits.assertSame(states(states), h, "h");
        }
    }

    /** Each value for all channels, one value after the other. */
    private static float[] forAllChannels(float... values) {
        float[] all = new float[values.length * CHANNELS];
        for (int i = 0; i < all.length; i++) {
            all[i] = values[i / CHANNELS];
        }
        return all;
    }

    /** A value for each state, the same for all channels: two blocks of 16 of them, and the other 5. */
    private static float[] states(float... values) {
        float[] all = new float[values.length * CHANNELS];
        int at = 0;
        for (int width : new int[]{16, 16, 5}) {
            for (float value : values) {
                Arrays.fill(all, at, at + width, value);
                at += width;
            }
        }
        return all;
    }

    /** Gives all channels the same value, one for each row. */
    private static void setRows(Activations x, float... values) {
        System.arraycopy(forAllChannels(values), 0, x.data(), 0, x.data().length);
    }

    private static Activations filled(int rows, int cols, float value) {
        Activations x = Activations.allocate(rows, cols);
        Arrays.fill(x.data(), value);
        return x;
    }

    @Test
    void aStateThatDecaysByHalfAndIsFedOnes() {
        Sequence s = new Sequence(4, 0, 0, -1 / STEP);
        s.run();
        s.assertY(1 * STEP, 1.5f * STEP, 1.75f * STEP, 1.875f * STEP);
        s.assertH(1.875f);
    }

    @Test
    void theStateIsCarriedIn() {
        Sequence s = new Sequence(2, 0, 0, -1 / STEP);
        s.h(6);
        s.run();
        s.assertY(4 * STEP, 3 * STEP);
    }

    @Test
    void withoutInputTheStateOnlyDecays() {
        Sequence s = new Sequence(3, 7, 0, -1 / STEP, -2 / STEP);
        Arrays.fill(s.io.u().data(), 0f);
        s.h(64, 64);
        s.run();
        s.assertY((32 + 16) * STEP, (16 + 4) * STEP, (8 + 1) * STEP);
        s.assertH(8, 1);
    }

    @Test
    void eachStateHasItsOwnDecayAndItsOwnBAndC() {
        Sequence s = new Sequence(2, 0, 0, -1 / STEP, -2 / STEP, -3 / STEP);
        s.b(0, 8);
        s.b(1, 16);
        s.b(2, 64);
        s.c(1, 10);
        s.c(2, 100);
        s.run();
        s.assertY((8 + 160 + 6400) * STEP, (12 + 200 + 7200) * STEP);
        s.assertH(12, 20, 72);
    }

    @Test
    void withoutBOnlyTheSkipRemains() {
        Sequence s = new Sequence(3, 5, 0, -1 / STEP);
        s.b(0, 0);
        setRows(s.io.u(), 1, 2, -3);
        s.run();
        s.assertY(5 * STEP, 10 * STEP, -15 * STEP);
        s.assertH(0);
    }

    @Test
    void theGateMultipliesTheOutputBySiluOfZ() {
        for (float z : new float[]{-3, -0.5f, 0, 0.25f, 2, 100}) {
            Sequence s = new Sequence(1, 0, 0, -1 / STEP);
            setRows(s.io.z(), z);
            s.b(0, 4);
            s.run();
            s.assertY(4 * ScalarMath.silu(z));
        }
    }

    @Test
    void dtBecomesSoftplusOfItselfAndTheBias() {
        Sequence s = new Sequence(3, 0, 2, -1 / STEP);
        setRows(s.io.dt(), 30, -2, -200);
        s.run();
        // softplus(0) = ln 2; and softplus(-198) is 0, which stops time: nothing decays, nothing comes in.
        Bits.assertSame(forAllChannels(32, ScalarMath.softplus(0f), 0), s.io.dt().data(), "dt");
        float[] y = s.io.y().data();
        Bits.assertSame(Arrays.copyOfRange(y, CHANNELS, 2 * CHANNELS),
                Arrays.copyOfRange(y, 2 * CHANNELS, 3 * CHANNELS),
                "y");
    }

    @Test
    void theOutputIsADotProductInLanesOverTheStates() {
        for (int half = 8; half > 0; half /= 2) {
            float[] decays = new float[16];
            Arrays.fill(decays, -1 / STEP);
            Sequence s = new Sequence(1, 0, 0, decays);
            for (int n = 0; n < 16; n++) {
                s.b(n, n == 0 ? 0x1p24f : n < half ? 1 : n == half ? -0x1p24f : 0);
            }
            s.run();
            s.assertY((half - 1) * STEP);
        }
    }

    @Test
    void statesBeyondSixteenGoToTheSameLanesAgain() {
        float[] decays = new float[33];
        Arrays.fill(decays, -1 / STEP);
        Sequence s = new Sequence(1, 0, 0, decays);
        for (int n = 0; n < 33; n++) {
            s.b(n, 0);
        }
        s.b(0, 0x1p24f);
        s.b(16, 1);
        s.b(32, -0x1p24f);
        s.b(8, 1);
        s.run();
        // The 1 of state 16 is lost in the sum of lane 0; that of state 8 has its own.
        s.assertY(1 * STEP);
    }

    @Test
    void zerosPadTheSumOverTheStates() {
        for (int dState = 1; dState <= 48; dState++) {
            float[] decays = new float[dState];
            Arrays.fill(decays, -1 / STEP);
            Sequence s = new Sequence(1, 0, 0, decays);
            setRows(s.io.u(), -UNIT);
            for (int n = 0; n < dState; n++) {
                s.b(n, Float.MIN_VALUE);
                s.c(n, 0x1p-14f);
            }
            s.run();
            // Each product vanishes and leaves -0, and so does the skip; the padding turns that into +0 in its lanes.
            s.assertY(dState % 16 == 0 ? -0f : 0f);
        }
    }

    @Test
    void channelsHaveTheirOwnStatesAndShareBAndC() {
        var p = new ScanParameters(new ScanLayout(2, 2), new float[]{-1 / STEP, -2 / STEP, -3 / STEP, -4 / STEP},
                new float[]{0, 1000},
                new float[2]);
        var io = new ScanBuffers(filled(1, 2, UNIT), filled(1, 2, STEP), new Activations(new float[]{1, 2, 3, 4}, 1, 4),
                0, 2, filled(1, 2, STEP), 0, Activations.allocate(1, 2));
        float[] h = {16, 16, 32, 64};
        kernels.selectiveScan().scan(p, io, h, 0, 1, 0, 2, scratch);
        Bits.assertSame(new float[]{8 + 1, 4 + 1, 4 + 2, 4 + 2}, h, "h");
        Bits.assertSame(new float[]{(9 * 3 + 6 * 4) * STEP, (5 * 3 + 6 * 4 + 1000 * UNIT) * STEP}, io.y().data(), "y");
    }

    @Test
    void parametersOfACheckpointAreTransposedAndScaled() {
        float log2e = 1.442695f;
        float[] aLog = {0, (float) StrictMath.log(2), (float) StrictMath.log(4), 1, 2, 3};
        ScanParameters p = ScanParameters.ofALog(aLog, new float[]{1, 2}, new float[]{3, 4});
        // exp(log 2) and exp(log 4) round to 2 and 4; the powers of e are rounded to float32 before they are scaled.
        float[] expected = {-log2e, -2.7182817f * log2e, -2 * log2e, -7.389056f * log2e, -4 * log2e,
                -20.085537f * log2e};
        Bits.assertSame(expected, p.aLog2e(), "a log2(e)");
    }

    @Test
    void aFileThatStoresAInsteadOfItsLogarithmGivesTheSameParameters() {
        float[] aLog = new float[1000];
        float[] a = new float[aLog.length];
        for (int i = 0; i < aLog.length; i++) {
            aLog[i] = (i - 300) * 0.0123f;
            a[i] = (float) -StrictMath.exp(aLog[i]);
        }
        ScanParameters ofLog = ScanParameters.ofALog(aLog, new float[50], new float[50]);
        Bits.assertSame(ScanParameters.ofA(a, new float[50], new float[50]).aLog2e(), ofLog.aLog2e(), "a log2(e)");
        Bits.assertSame(a, ScanParameters.negativeExp(aLog), "a");
    }
}
