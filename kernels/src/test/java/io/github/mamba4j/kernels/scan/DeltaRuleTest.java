package io.github.mamba4j.kernels.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Values;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * The definition of the delta rule, with values worked out by hand. Queries and keys are multiples of 4096, beside
 * whose square the eps is lost, and 4 or 16 wide, so that all factors are powers of two. A b of 200 gives a beta of 1,
 * of 0 a half, and of -200 nothing; an A of 0 keeps the state.
 */
class DeltaRuleTest {
    private static final float ONE = 4096;
    /** An A by which a step of 32 halves the state: {@code -ln 2 / 32}. */
    private static final float HALF = -0.02166085f;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Scratch scratch = new Scratch();

    private static float[] filled(int count, float value) {
        float[] x = new float[count];
        Arrays.fill(x, value);
        return x;
    }

    private static DeltaRuleParameters parameters(int keyDim, int valueDim, float a, boolean negative) {
        return new DeltaRuleParameters(1, 1, keyDim, valueDim, new float[]{a}, new float[1], negative, false);
    }

    /** Buffers for given rows of queries, keys and values. */
    private static DeltaRuleBuffers buffers(DeltaRuleParameters p, float alpha, float[] b, float... qkv) {
        int rows = qkv.length / p.qkvCols();
        return new DeltaRuleBuffers(new Activations(qkv, rows, p.qkvCols()),
                new Activations(filled(rows * p.valueHeads(), alpha), rows, p.valueHeads()),
                new Activations(b, rows, p.valueHeads()), Activations.allocate(rows, p.valueCols()));
    }

    private float[] run(DeltaRuleParameters p, DeltaRuleBuffers io, float[] s) {
        float[] packed = p.pack(s);
        kernels.deltaRule().scan(p, io, packed, 0, io.y().rows(), 0, p.valueHeads(), scratch);
        return p.unpack(packed);
    }

    @Test
    void aKeyIsLearntRelearntInPartAndForgotten() {
        DeltaRuleParameters p = parameters(4, 2, HALF, false);
        assertEquals(0.5f, p.decay(0, 32));
        DeltaRuleBuffers io = buffers(p, -200, new float[]{200, 0, 200, 200}, //
                ONE, 0, 0, 0, ONE, 0, 0, 0, 3, 5, // S[0] = (3, 5)
                ONE, 0, 0, 0, ONE, 0, 0, 0, 7, 1, // S[0] = (3, 5) + ((7, 1) - (3, 5)) / 2
                ONE, ONE, ONE, ONE, 0, ONE, 0, 0, 1, 1, // after the decay: S[1] = (1, 1)
                0, 0, ONE, 0, ONE, ONE, ONE, ONE, 1.75f, 1.25f); // S'k = v already
        io.alpha().data()[2] = 32;
        float[] s = run(p, io, new float[8]);
        // Queries are halved: 1 / sqrt(4).
        Bits.assertSame(new float[]{1.5f, 2.5f, 2.5f, 1.5f, 0.25f * 3.5f, 0.25f * 2.5f, 0, 0}, io.y().data(), "y");
        Bits.assertSame(new float[]{2.5f, 1.5f, 1, 1, 0, 0, 0, 0}, s, "S");
    }

    @Test
    void theStateIsCarriedInAndDecaysBeforeItIsCompared() {
        DeltaRuleParameters p = parameters(4, 1, HALF, false);
        DeltaRuleBuffers io = buffers(p, 32, new float[]{200}, 0, ONE, 0, 0, 0, -ONE, 0, 0, 10);
        // S[1] = 3 after the decay; k = -1: d = 10 + 3, and S[1] = 3 - 13
        Bits.assertSame(new float[]{1, -10, 2, 0}, run(p, io, new float[]{2, 6, 4, 0}), "S");
        Bits.assertSame(new float[]{-5}, io.y().data(), "y");
    }

    @Test
    void negativeEigenvaluesDoubleBeta() {
        DeltaRuleParameters p = parameters(4, 1, 0, true);
        DeltaRuleBuffers io = buffers(p, 1, new float[]{200, 0, -200}, //
                ONE, 0, 0, 0, ONE, 0, 0, 0, 0, //
                ONE, 0, 0, 0, ONE, 0, 0, 0, 5, //
                ONE, 0, 0, 0, ONE, 0, 0, 0, 9);
        run(p, io, new float[]{6, 0, 0, 0});
        Bits.assertSame(new float[]{-3, 2.5f, 2.5f}, io.y().data(), "y");
    }

    @Test
    void dtBiasIsAddedToAlpha() {
        var p = new DeltaRuleParameters(1, 1, 4, 1, new float[]{HALF}, new float[]{2}, false, false);
        Bits.assertSame(0.5f, p.decay(0, 30), "decay");
        DeltaRuleBuffers io = buffers(p, 30, new float[]{-200}, ONE, 0, 0, 0, ONE, 0, 0, 0, 1);
        run(p, io, new float[]{8, 0, 0, 0});
        Bits.assertSame(new float[]{2}, io.y().data(), "y");
    }

    @Test
    void valueHeadsShareKeyHeadsInEitherOrder() {
        for (boolean interleaved : new boolean[]{false, true}) {
            var p = new DeltaRuleParameters(2, 4, 4, 1, new float[4], new float[4], false, interleaved);
            DeltaRuleBuffers io = buffers(p, 0, filled(4, 200), //
                    ONE, 0, 0, 0, 0, ONE, 0, 0, ONE, 0, 0, 0, 0, ONE, 0, 0, 1, 2, 3, 4);
            float[] s = run(p, io, new float[16]);
            Bits.assertSame(interleaved
                    ? new float[]{1, 0, 0, 0, 0, 2, 0, 0, 3, 0, 0, 0, 0, 4, 0, 0}
                    : new float[]{1, 0, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0}, s, "S");
            Bits.assertSame(new float[]{0.5f, 1, 1.5f, 2}, io.y().data(), "y");
        }
    }

    @Test
    void aZeroKeyTeachesNothing() {
        DeltaRuleParameters p = parameters(4, 2, 0, false);
        DeltaRuleBuffers io = buffers(p, 0, new float[]{200}, ONE, 0, 0, 0, 0, 0, 0, 0, 3, 5);
        Bits.assertSame(filled(8, 7), run(p, io, filled(8, 7)), "S");
        Bits.assertSame(filled(2, 3.5f), io.y().data(), "y");
    }

    @Test
    void bothSumsAreDotProductsInLanes() {
        for (int half = 8; half > 0; half /= 2) {
            DeltaRuleParameters p = parameters(16, 1, 0, false);
            float[] s = new float[16];
            for (int n = 0; n <= half; n++) {
                s[n] = n == 0 ? 0x1p24f : n == half ? -0x1p24f : 1;
            }
            // All queries are 1 / 16, all keys 1 / 4.
            float[] qkv = filled(33, ONE);
            qkv[32] = 0;
            DeltaRuleBuffers asks = buffers(p, 0, new float[]{-200}, qkv);
            Bits.assertSame(s, run(p, asks, s), "S");
            Bits.assertSame(new float[]{(half - 1) / 16f}, asks.y().data(), "y");
            float[] learnt = run(p, buffers(p, 0, new float[]{200}, qkv), s);
            assertEquals(-(half - 1) / 16f, learnt[15]);
        }
    }

    @Test
    void zerosPadTheSums() {
        for (int keyDim = 1; keyDim <= 144; keyDim++) {
            DeltaRuleParameters p = parameters(keyDim, 1, 0, false);
            // So small beside the eps that a product with the smallest number vanishes.
            DeltaRuleBuffers io = buffers(p, 0, filled(2, -200), filled(2 * p.qkvCols(), 0x1p-20f));
            run(p, io, filled(keyDim, -Float.MIN_VALUE));
            Bits.assertSame(filled(2, keyDim % 16 == 0 ? -0f : 0f), io.y().data(), keyDim + " wide");
        }
    }

    /** What the formula gives in binary64, index by index. */
    @Test
    void theFormulaInBinary64() {
        Values v = new Values(1);
        for (int i = 0; i < 60; i++) {
            int keyHeads = v.between(1, 3);
            int valueHeads = keyHeads * v.between(1, 3);
            var p = new DeltaRuleParameters(keyHeads, valueHeads, v.between(1, 140), v.between(1, 40),
                    ScanParameters.negativeExp(v.normal(valueHeads)), v.normal(valueHeads), i % 2 == 0, i % 3 == 0);
            var io = new DeltaRuleBuffers(v.activations(4, p.qkvCols()), v.activations(4, valueHeads),
                    v.activations(4, valueHeads), Activations.allocate(4, p.valueCols()));
            float[] s = v.normal(valueHeads * p.keyDim() * p.valueDim());
            float[] end = run(p, io, s);
            for (int head = 0; head < valueHeads; head++) {
                int at = head * p.keyDim() * p.valueDim();
                compare(p, io, head, Arrays.copyOfRange(s, at, at + p.keyDim() * p.valueDim()), end, at);
            }
        }
    }

    private static void compare(DeltaRuleParameters p, DeltaRuleBuffers io, int head, float[] start, float[] end,
            int endAt) {
        int dk = p.keyDim();
        int dv = p.valueDim();
        int ratio = p.valueHeads() / p.keyHeads();
        int keyHead = p.interleavedHeads() ? head % p.keyHeads() : head / ratio;
        double[] s = new double[dk * dv];
        Arrays.setAll(s, i -> start[i]);
        for (int t = 0; t < io.y().rows(); t++) {
            double[] q = unit(io.qkv(), t, keyHead * dk, dk, 1 / Math.sqrt(dk));
            double[] k = unit(io.qkv(), t, (p.keyHeads() + keyHead) * dk, dk, 1);
            int gate = io.alpha().index(t, head);
            double g = Math.exp(p.a()[head] * Math.log1p(Math.exp(io.alpha().data()[gate] + p.dtBias()[head])));
            double beta = (p.allowNegativeEigenvalues() ? 2 : 1) / (1 + Math.exp(-io.b().data()[gate]));
            for (int j = 0; j < dv; j++) {
                double known = 0;
                for (int i = 0; i < dk; i++) {
                    s[i * dv + j] *= g;
                    known += s[i * dv + j] * k[i];
                }
                double v = io.qkv().data()[io.qkv().index(t, 2 * p.keyHeads() * dk + head * dv + j)];
                double y = 0;
                for (int i = 0; i < dk; i++) {
                    s[i * dv + j] += k[i] * (v - known) * beta;
                    y += s[i * dv + j] * q[i];
                }
                assertEquals(y, io.y().data()[io.y().index(t, head * dv + j)], 1e-5);
            }
        }
        for (int i = 0; i < s.length; i++) {
            assertEquals(s[i], end[endAt + i], 1e-5);
        }
    }

    private static double[] unit(Activations x, int row, int col, int n, double scale) {
        double squares = 1e-6;
        for (int i = 0; i < n; i++) {
            squares += Math.pow(x.data()[x.index(row, col + i)], 2);
        }
        double[] unit = new double[n];
        for (int i = 0; i < n; i++) {
            unit[i] = x.data()[x.index(row, col + i)] / Math.sqrt(squares) * scale;
        }
        return unit;
    }
}
