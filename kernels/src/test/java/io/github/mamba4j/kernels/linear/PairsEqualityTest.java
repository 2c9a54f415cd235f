package io.github.mamba4j.kernels.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Stored;
import io.github.mamba4j.kernels.Stored.Place;
import io.github.mamba4j.kernels.Values;
import io.github.mamba4j.kernels.machine.VectorWidth;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Pairs of 16-bit weights in 32-bit words; F16 in both ways, no matter which is the faster one here. With vectors that do not
 * hold half of a sum's lanes, it has to be refused.
 */
class PairsEqualityTest {
    private static final DType[] HALVES = {DType.BF16, DType.F16};
    /** The least activation that cannot be multiplied by 2^16, and by 2^112. */
    private static final float TOO_LARGE = 0x1p112f;
    private static final float TOO_LARGE_FOR_SUBNORMALS = 0x1p16f;
    private static final int AROUND = 3;

    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Scratch scratch = new Scratch();

    /** Whether it was done, F16 in both ways; if so, it gave the scalar kernels' bits and wrote nothing else. */
    private boolean multiply(Matrix w, int outFrom, int outTo, float[] x) {
        boolean done = multiply(w, outFrom, outTo, x, false);
        if (w.dtype() == DType.F16) {
            assertEquals(done, multiply(w, outFrom, outTo, x, true));
        }
        return done;
    }

    private boolean multiply(Matrix w, int outFrom, int outTo, float[] x, boolean subnormals) {
        assertEquals(VectorWidth.PARTS == 2, OneRow256Halves.fits(w));
        Activations row = new Activations(x, 1, w.cols());
        Activations expected = Activations.allocate(1, w.rows() + 2 * AROUND);
        Arrays.fill(expected.data(), 42f);
        float[] actual = expected.data().clone();
        scalar.linear().matmul(w, outFrom, outTo, row, 0, expected, AROUND, 0, 1, scratch);
        if (VectorWidth.PARTS != 2) {
            return true;
        }
        Arrays.fill(scratch.vectors().sums, VectorScratch.FIRST_SUM, scratch.vectors().sums.length, Float.NaN);
        boolean done = OneRow256Halves.multiply(w, outFrom, outTo, x, 0, actual, AROUND, scratch.vectors(),
                subnormals);
        if (done) {
            Bits.assertSame(expected.data(), actual, w.rows() + " x " + w.cols() + " " + w.dtype());
        }
        return done;
    }

    private void checkDone(Matrix w, float[] x) {
        assertTrue(multiply(w, 0, w.rows(), x));
    }

    @Test
    void everyNumberOfOutputsAndPlace() {
        Values v = new Values(1);
        for (int k : new int[]{16, 32, 48, 176, 192, 208, 768, 784}) {
            for (int outs = 1; outs <= 70; outs++) {
                for (DType dtype : HALVES) {
                    checkDone(Stored.normal(v, dtype, outs, k, v.oneOf(Place.values())), v.normal(k));
                }
            }
        }
        for (DType dtype : HALVES) {
            checkDone(Stored.normal(v, dtype, 21, ManyRows.MAX_COLS, Place.NATIVE),
                    v.normal(ManyRows.MAX_COLS));
        }
    }

    @Test
    void someOfTheOutputs() {
        Values v = new Values(2);
        for (int i = 0; i < 500; i++) {
            Matrix w = Stored.normal(v, v.oneOf(HALVES), v.between(1, 90), 16 * v.between(1, 14), Place.NATIVE_2);
            int from = v.between(0, w.rows());
            assertTrue(multiply(w, from, v.between(from, w.rows()), v.normal(w.cols())));
        }
    }

    /** Subnormal weights too, which are still smaller when their exponent is a float32's. */
    @Test
    void everyFiniteF16() {
        Values v = new Values(3);
        for (int k : new int[]{16, 64, 512}) {
            Matrix w = Stored.everyFiniteF16(k, Place.NATIVE);
            checkDone(w, v.normal(k));
            float[] single = new float[k];
            for (int i = 0; i < k; i++) {
                Arrays.fill(single, 0f);
                single[i] = i % 2 == 0 ? Math.nextDown(TOO_LARGE_FOR_SUBNORMALS) : Float.MIN_VALUE;
                checkDone(w, single);
            }
        }
    }

    @Test
    void everyBitPatternOfBf16() {
        byte[] all = new byte[2 << 16];
        for (int bits = 0; bits < 1 << 16; bits++) {
            all[2 * bits] = (byte) bits;
            all[2 * bits + 1] = (byte) (bits >> 8);
        }
        Values v = new Values(4);
        for (int k : new int[]{16, 64, 512}) {
            Matrix w = Stored.of(all, DType.BF16, (1 << 16) / k, k, Place.NATIVE);
            checkDone(w, v.normal(k));
            checkDone(w, v.broken(k));
        }
    }

    @Test
    void weightsOfF16ThatAreNotFiniteAreLeftToOthers() {
        Values v = new Values(5);
        for (float weight : new float[]{Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN}) {
            for (int i = 0; i < 200; i++) {
                int k = 16 * v.between(1, 20);
                int outs = v.between(1, 40);
                float[] weights = v.normal(outs * k);
                weights[v.between(0, weights.length - 1)] = weight;
                Matrix w = Stored.of(Stored.encode(weights, DType.F16), DType.F16, outs, k, Place.NATIVE);
                assertEquals(VectorWidth.PARTS != 2, multiply(w, 0, outs, v.normal(k)));
            }
        }
    }

    @Test
    void activationsThatCannotBeMadeLargerAreLeftToOthers() {
        Values v = new Values(6);
        for (boolean subnormals : new boolean[]{false, true}) {
            float tooLarge = subnormals ? TOO_LARGE_FOR_SUBNORMALS : TOO_LARGE;
            float largest = Math.nextDown(tooLarge);
            for (int k = 16; k <= 96; k += 16) {
                Matrix w = Stored.normal(v, DType.F16, 5, k, Place.NATIVE);
                for (int i = 0; i < k; i++) {
                    float[] x = v.normal(k);
                    for (float fits : new float[]{largest, -largest}) {
                        x[i] = fits;
                        assertTrue(multiply(w, 0, 5, x, subnormals));
                    }
                    for (float other : new float[]{tooLarge, -tooLarge, Float.POSITIVE_INFINITY, Float.NaN}) {
                        x[i] = other;
                        assertEquals(VectorWidth.PARTS != 2, multiply(w, 0, 5, x, subnormals));
                    }
                }
            }
        }
    }

    @Test
    void valuesOfAllMagnitudesAndSumsOfMinusZero() {
        Values v = new Values(7);
        for (int i = 0; i < 300; i++) {
            int k = 16 * v.between(1, 8);
            int outs = v.between(1, 20);
            Matrix w = Stored.of(Stored.encode(v.wild(outs * k), DType.BF16), DType.BF16, outs, k, Place.NATIVE);
            checkDone(w, v.wild(k));
            float[] tiny = new float[outs * k];
            Arrays.fill(tiny, -0x1p-20f);
            float[] x = new float[k];
            Arrays.fill(x, 0x1p-140f);
            for (DType dtype : HALVES) {
                checkDone(Stored.of(Stored.encode(tiny, dtype), dtype, outs, k, Place.NATIVE), x);
            }
        }
    }

    @Test
    void otherMatricesAreRefused() {
        Values v = new Values(8);
        for (int k : new int[]{1, 15, 17, 40, ManyRows.MAX_COLS + 16}) {
            assertFalse(OneRow256Halves.fits(Stored.normal(v, DType.BF16, 2, k, Place.NATIVE)));
        }
        assertFalse(OneRow256Halves.fits(Stored.normal(v, DType.F32, 2, 16, Place.NATIVE)));
    }
}
