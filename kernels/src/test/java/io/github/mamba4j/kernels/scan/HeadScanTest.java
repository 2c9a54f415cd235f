package io.github.mamba4j.kernels.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Values;
import io.github.mamba4j.kernels.math.ScalarMath;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The definition of the scan with heads, with values worked out by hand. Time steps are 32, because softplus gives such
 * a value back unchanged.
 */
class HeadScanTest {
    private static final float STEP = 32;
    /** {@code dt * x = 1}. */
    private static final float UNIT = 1 / STEP;
    /** An A by which a state decays by exactly one half in a step: {@code a * log2e = -1 / 32}. */
    private static final float HALF = -0.02166085f;
    private static final float INFINITE = Float.POSITIVE_INFINITY;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Scratch scratch = new Scratch();

    private static float[] filled(int count, float value) {
        float[] x = new float[count];
        Arrays.fill(x, value);
        return x;
    }

    private static HeadScanParameters parameters(int heads, int headDim, int groups, int dState, float d) {
        return new HeadScanParameters(heads, headDim, groups, dState, filled(heads, HALF), filled(heads, d),
                new float[heads], 0, INFINITE);
    }

    /** Every dt * x, B and C is 1. */
    private static HeadScanBuffers ones(HeadScanParameters p, int rows) {
        var xbc = new Activations(filled(rows * p.xbcCols(), 1), rows, p.xbcCols());
        for (int r = 0; r < rows; r++) {
            Arrays.fill(xbc.data(), xbc.index(r, 0), xbc.index(r, p.dInner()), UNIT);
        }
        return new HeadScanBuffers(xbc, new Activations(filled(rows * p.heads(), STEP), rows, p.heads()),
                Activations.allocate(rows, p.dInner()));
    }

    private float[] run(HeadScanParameters p, HeadScanBuffers io, float[] h) {
        float[] packed = p.pack(h);
        kernels.headScan().scan(p, io, packed, 0, io.xbc().rows(), 0, p.heads(), scratch);
        return p.unpack(packed);
    }

    private static void setColumn(Activations x, int col, float value) {
        for (int r = 0; r < x.rows(); r++) {
            x.data()[x.index(r, col)] = value;
        }
    }

    @Test
    void theConstantHalvesAState() {
        assertEquals(-1 / STEP, HALF * ScalarMath.LOG2E);
        assertEquals(0.5f, parameters(1, 1, 1, 1, 0).decay(0, STEP));
    }

    @Test
    void aStateThatDecaysByHalfAndIsFedOnes() {
        HeadScanParameters p = parameters(1, 1, 1, 1, 0);
        HeadScanBuffers io = ones(p, 4);
        Bits.assertSame(new float[]{1.875f}, run(p, io, new float[1]), "h");
        Bits.assertSame(new float[]{1, 1.5f, 1.75f, 1.875f}, io.y().data(), "y");
        Bits.assertSame(filled(4, STEP), io.dt().data(), "dt");
    }

    @Test
    void theStateIsCarriedInAndTheInputIsAddedTimesD() {
        HeadScanParameters p = parameters(1, 1, 1, 1, 64);
        HeadScanBuffers io = ones(p, 2);
        Bits.assertSame(new float[]{3}, run(p, io, new float[]{6}), "h");
        // 64 * x = 2
        Bits.assertSame(new float[]{4 + 2, 3 + 2}, io.y().data(), "y");
    }

    /** Four heads in two groups, two channels and three states each: x, then B of both groups, then C of both. */
    @Test
    void headsHaveTheirOwnDecayAndSkipAndShareBAndCWithinAGroup() {
        var p = new HeadScanParameters(4, 2, 2, 3, new float[]{HALF, 2 * HALF, HALF, 4 * HALF},
                new float[]{0, 0, 0, 3200}, new float[4], 0, INFINITE);
        float[] xbc = {UNIT, 2 * UNIT, UNIT, UNIT, UNIT, 10 * UNIT, UNIT, 0, 1, 2, 3, 4, 5, 6, 100, 10, 1, 1, 0, 1000};
        var io = new HeadScanBuffers(new Activations(xbc, 1, 20), new Activations(filled(4, STEP), 1, 4),
                Activations.allocate(1, 8));
        float[] h = run(p, io, filled(24, 64));
        Bits.assertSame(new float[]{33, 34, 35, 34, 36, 38, 17, 18, 19, 17, 18, 19, 36, 37, 38, 72, 82, 92, 8, 9, 10,
                4, 4, 4}, h, "h");
        Bits.assertSame(new float[]{3300 + 340 + 35, 3400 + 360 + 38, 1700 + 180 + 19, 1700 + 180 + 19, 36 + 38_000,
                72 + 92_000, 8 + 10_000 + 100, 4 + 4_000}, io.y().data(), "y");
    }

    @Test
    void stepsAreHeldWithinTheLimitsAfterSoftplus() {
        var p = new HeadScanParameters(3, 1, 1, 1, filled(3, HALF), new float[3], new float[]{2, 0, 1}, 0.5f, 40);
        var io = new HeadScanBuffers(new Activations(new float[]{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 2, 5),
                new Activations(new float[]{30, -200, 50, -2, 0, Float.NaN}, 2, 3), Activations.allocate(2, 3));
        run(p, io, new float[3]);
        float ln2 = ScalarMath.softplus(0f);
        Bits.assertSame(new float[]{32, 0.5f, 40, ln2, ln2, Float.NaN}, io.dt().data(), "dt");
        Bits.assertSame(new float[]{32, 0.5f, 40}, Arrays.copyOf(io.y().data(), 3), "y");
        assertEquals(Float.NaN, io.y().data()[5]);
    }

    @Test
    void aStepOfZeroStopsTime() {
        var p = new HeadScanParameters(1, 2, 1, 1, new float[]{HALF}, new float[1], new float[1], 0, 0);
        HeadScanBuffers io = ones(p, 3);
        Bits.assertSame(new float[]{5, 6}, run(p, io, new float[]{5, 6}), "h");
        Bits.assertSame(new float[]{5, 6, 5, 6, 5, 6}, io.y().data(), "y");
    }

    @Test
    void theOutputIsADotProductInLanesOverTheStates() {
        for (int half = 8; half > 0; half /= 2) {
            HeadScanParameters p = parameters(1, 3, 1, 16, 0);
            HeadScanBuffers io = ones(p, 1);
            for (int n = 0; n < 16; n++) {
                setColumn(io.xbc(), p.bCol(0) + n, n == 0 ? 0x1p24f : n < half ? 1 : n == half ? -0x1p24f : 0);
            }
            run(p, io, new float[48]);
            Bits.assertSame(filled(3, half - 1), io.y().data(), "y");
        }
    }

    @Test
    void statesBeyondSixteenGoToTheSameLanesAgain() {
        HeadScanParameters p = parameters(1, 1, 1, 33, 0);
        HeadScanBuffers io = ones(p, 1);
        for (int n = 0; n < 33; n++) {
            setColumn(io.xbc(), p.bCol(0) + n, n == 0 ? 0x1p24f : n == 32 ? -0x1p24f : n == 16 || n == 8 ? 1 : 0);
        }
        run(p, io, new float[33]);
        // The 1 of state 16 is lost in the sum of lane 0; that of state 8 has its own.
        Bits.assertSame(new float[]{1}, io.y().data(), "y");
    }

    @Test
    void zerosPadTheSumOverTheStates() {
        for (int dState = 1; dState <= 144; dState++) {
            HeadScanParameters p = parameters(1, 2, 1, dState, 0);
            HeadScanBuffers io = ones(p, 2);
            Arrays.fill(io.xbc().data(), Float.MIN_VALUE);
            for (int r = 0; r < 2; r++) {
                Arrays.fill(io.xbc().data(), io.xbc().index(r, 0), io.xbc().index(r, 2), -UNIT);
            }
            for (int n = 0; n < dState; n++) {
                setColumn(io.xbc(), p.cCol(0) + n, 0x1p-14f);
            }
            run(p, io, new float[2 * dState]);
            // Each product vanishes and leaves -0, and so does the skip; the padding turns that into +0 in its lanes.
            Bits.assertSame(filled(4, dState % 16 == 0 ? -0f : 0f), io.y().data(), dState + " states");
        }
    }

    /** What the formula gives in binary64, index by index. */
    @Test
    void theFormulaInBinary64() {
        Values v = new Values(1);
        for (int i = 0; i < 40; i++) {
            int groups = v.between(1, 3);
            var p = randomParameters(v, groups * v.between(1, 3), v.between(1, 40), groups, v.between(1, 140));
            HeadScanBuffers io = new HeadScanBuffers(v.activations(5, p.xbcCols()), v.activations(5, p.heads()),
                    Activations.allocate(5, p.dInner()));
            float[] h = v.normal(p.heads() * p.headDim() * p.dState());
            Activations dt = Values.copy(io.dt());
            float[] end = run(p, io, h);
            compare(p, io, dt, h, end);
        }
    }

    private static HeadScanParameters randomParameters(Values v, int heads, int headDim, int groups, int dState) {
        return new HeadScanParameters(heads, headDim, groups, dState, ScanParameters.negativeExp(v.normal(heads)),
                v.normal(heads), v.normal(heads), 0, INFINITE);
    }

    private static void compare(HeadScanParameters p, HeadScanBuffers io, Activations dt, float[] start, float[] end) {
        for (int c = 0; c < p.dInner(); c++) {
            int head = c / p.headDim();
            int group = head / (p.heads() / p.groups());
            double[] s = new double[p.dState()];
            for (int t = 0; t < io.y().rows(); t++) {
                double step = Math.log1p(Math.exp(dt.data()[dt.index(t, head)] + (double) p.dtBias()[head]));
                double x = io.xbc().data()[io.xbc().index(t, c)];
                double y = p.d()[head] * x;
                double size = Math.abs(y);
                for (int n = 0; n < p.dState(); n++) {
                    double before = t == 0 ? start[c * p.dState() + n] : s[n];
                    int b = io.xbc().index(t, p.dInner() + group * p.dState() + n);
                    s[n] = Math.exp(step * p.a()[head]) * before + step * x * io.xbc().data()[b];
                    double term = s[n] * io.xbc().data()[b + p.groups() * p.dState()];
                    y += term;
                    size += Math.abs(term);
                }
                assertEquals(y, io.y().data()[io.y().index(t, c)], 2e-6 * size);
            }
            for (int n = 0; n < p.dState(); n++) {
                assertEquals(s[n], end[c * p.dState() + n], 1e-5);
            }
        }
    }
}
