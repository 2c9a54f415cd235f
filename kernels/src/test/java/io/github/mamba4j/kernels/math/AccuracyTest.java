package io.github.mamba4j.kernels.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.Bits;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The elementary functions against binary64, over sweeps through the bit patterns of their range. The bounds are those
 * that were measured over every eleventh float, rounded up.
 */
class AccuracyTest {
    /** A prime, so that low bits of all kinds come up. */
    private static final int STRIDE = 499;

    private interface FloatFunction {
        float of(float x);
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
    }

    private static double silu(double x) {
        return x / (1 + StrictMath.exp(-x));
    }

    /** The error in units of the exact value's last place as a float; below the normal range, of the smallest float. */
    private static double ulps(float found, double exact) {
        return Math.abs(found - exact) / Math.ulp((float) exact);
    }

    private static void assertWithin(double bound, FloatFunction f, DoubleUnaryOperator exact, float from, float to,
            int stride) {
        for (long i = order(from); i <= order(to); i += stride) {
            float x = atOrder((int) i);
            float found = f.of(x);
            double error = ulps(found, exact.applyAsDouble(x));
            // Written so that NaN fails.
            assertTrue(error <= bound,
                    () -> "f(" + x + ") = " + found + ", exact " + exact.applyAsDouble(x) + ": " + error + " ulp");
        }
    }

    /** Numbers the floats from the most negative up. */
    private static int order(float x) {
        int bits = Float.floatToRawIntBits(x);
        return bits >= 0 ? bits : Integer.MIN_VALUE - bits;
    }

    private static float atOrder(int i) {
        return Float.intBitsToFloat(i >= 0 ? i : Integer.MIN_VALUE - i);
    }

    /** Up to rounding: where the function is flat, neighbours may be two units of the last place out of order. */
    private static void assertNeverDecreases(FloatFunction f, float from, float to) {
        float last = f.of(from);
        for (long i = order(from); i <= order(to); i += 1 << 12) {
            float x = atOrder((int) i);
            float found = f.of(x);
            assertTrue(found >= last - 2 * Math.ulp(last), () -> "not monotone at " + x);
            last = Math.max(found, last);
        }
    }

    @Test
    void expOfNormalResults() {
        assertWithin(0.88, ScalarMath::exp, StrictMath::exp, -87.33f, 88.722f, STRIDE);
    }

    @Test
    void expUnderflowsGradually() {
        assertWithin(0.88, ScalarMath::exp, StrictMath::exp, -110f, -87.33f, 7);
        assertEquals(Float.MIN_VALUE, ScalarMath.exp(-103.5f));
        assertEquals(0f, ScalarMath.exp(-104f));
    }

    @Test
    void expAtTheEnds() {
        Bits.assertSame(0f, ScalarMath.exp(Float.NEGATIVE_INFINITY), "-infinity");
        Bits.assertSame(0f, ScalarMath.exp(-Float.MAX_VALUE), "-max");
        assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(88.73f));
        assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(Float.MAX_VALUE));
        assertEquals(Float.POSITIVE_INFINITY, ScalarMath.exp(Float.POSITIVE_INFINITY));
        assertTrue(Float.isFinite(ScalarMath.exp(88.722f)));
        assertEquals(1f, ScalarMath.exp(0f));
        assertEquals(1f, ScalarMath.exp(-0f));
        assertTrue(Float.isNaN(ScalarMath.exp(Float.NaN)));
    }

    @Test
    void decay() {
        DoubleUnaryOperator exp2 = x -> StrictMath.pow(2, x);
        assertWithin(1.95, ScalarMath::exp2Decay, exp2, -125.5f, -Float.MIN_VALUE, STRIDE);
        // The polynomial is at its worst at the ends of its interval.
        for (int n = 0; n < 125; n++) {
            assertWithin(1.95, ScalarMath::exp2Decay, exp2, -n - 0.5001f, -n - 0.4999f, 1);
        }
    }

    @Test
    void decayIsExactForWholeNumbersAndHeldBelow() {
        for (int n = 0; n <= 125; n++) {
            assertEquals(Math.scalb(1f, -n), ScalarMath.exp2Decay(-(float) n));
        }
        float least = ScalarMath.exp2Decay(-125.5f);
        assertEquals(least, ScalarMath.exp2Decay(-125.6f));
        assertEquals(least, ScalarMath.exp2Decay(-1e30f));
        assertEquals(least, ScalarMath.exp2Decay(Float.NEGATIVE_INFINITY));
        assertEquals(1f, ScalarMath.exp2Decay(-0f));
        assertEquals(1f, ScalarMath.exp2Decay(-Float.MIN_VALUE));
    }

    @Test
    void log1pDownToTheSmallest() {
        assertWithin(1.1, ScalarMath::log1p, StrictMath::log1p, 0f, 1f, STRIDE);
        assertWithin(1.1, ScalarMath::log1p, StrictMath::log1p, 0x1p-4f, 1f, 17);
        Bits.assertSame(0f, ScalarMath.log1p(0f), "0");
        assertEquals(Float.MIN_VALUE, ScalarMath.log1p(Float.MIN_VALUE));
    }

    @Test
    void softplusOfNegativeValues() {
        assertWithin(1.1, ScalarMath::softplus, AccuracyTest::softplus, -110f, -16f, 11);
        assertWithin(1.75, ScalarMath::softplus, AccuracyTest::softplus, -16f, -0x1p-20f, 101);
        assertWithin(1.75, ScalarMath::softplus, AccuracyTest::softplus, -0x1p-20f, -0f, STRIDE);
    }

    @Test
    void softplusOfPositiveValues() {
        assertWithin(1.75, ScalarMath::softplus, AccuracyTest::softplus, 0f, Float.MAX_VALUE, STRIDE);
        assertWithin(1.75, ScalarMath::softplus, AccuracyTest::softplus, 0x1p-13f, 32f, 101);
    }

    @Test
    void softplusNeitherOverflowsNorLosesSmallResults() {
        assertEquals(200f, ScalarMath.softplus(200f));
        assertEquals(1e30f, ScalarMath.softplus(1e30f));
        assertEquals(Float.MAX_VALUE, ScalarMath.softplus(Float.MAX_VALUE));
        assertEquals(Float.POSITIVE_INFINITY, ScalarMath.softplus(Float.POSITIVE_INFINITY));
        for (float x : new float[]{-50, -87, -100, -103}) {
            assertTrue(ScalarMath.softplus(x) > 0);
            assertTrue(ulps(ScalarMath.softplus(x), softplus(x)) <= 1);
        }
        for (float x : new float[]{-104.5f, -1e30f, Float.NEGATIVE_INFINITY}) {
            Bits.assertSame(0f, ScalarMath.softplus(x), x);
        }
        assertTrue(Float.isNaN(ScalarMath.softplus(Float.NaN)));
    }

    @Test
    void siluOfNegativeValues() {
        assertWithin(1.75, ScalarMath::silu, AccuracyTest::silu, -88f, -1f, 11);
        assertWithin(1.75, ScalarMath::silu, AccuracyTest::silu, -1f, -0f, STRIDE);
    }

    @Test
    void siluOfPositiveValues() {
        assertWithin(1.6, ScalarMath::silu, AccuracyTest::silu, 0f, Float.MAX_VALUE, STRIDE);
        assertWithin(1.6, ScalarMath::silu, AccuracyTest::silu, 0x1p-13f, 32f, 101);
    }

    @Test
    void siluAtTheEnds() {
        for (float x : new float[]{-88.1f, -104, -200, -1e30f, -Float.MAX_VALUE, Float.NEGATIVE_INFINITY}) {
            Bits.assertSame(-0f, ScalarMath.silu(x), x);
        }
        Bits.assertSame(-0f, ScalarMath.silu(-0f), "-0");
        Bits.assertSame(0f, ScalarMath.silu(0f), "0");
        assertEquals(Float.MAX_VALUE, ScalarMath.silu(Float.MAX_VALUE));
        assertEquals(Float.POSITIVE_INFINITY, ScalarMath.silu(Float.POSITIVE_INFINITY));
        assertTrue(Float.isNaN(ScalarMath.silu(Float.NaN)));
    }

    @Test
    void growingFunctionsGrow() {
        assertNeverDecreases(ScalarMath::exp, -110f, 88.72f);
        assertNeverDecreases(ScalarMath::exp2Decay, -130f, -Float.MIN_VALUE);
        assertNeverDecreases(ScalarMath::log1p, 0f, 1f);
        assertNeverDecreases(ScalarMath::softplus, -110f, Float.MAX_VALUE);
        assertNeverDecreases(ScalarMath::silu, -1.25f, Float.MAX_VALUE);
    }

    @Test
    void finiteValuesNeverGiveNan() {
        for (long bits = 0; bits < 1L << 32; bits += 9973) {
            float x = Float.intBitsToFloat((int) bits);
            if (Float.isFinite(x)) {
                assertFalse(Float.isNaN(ScalarMath.exp(x)), () -> "exp of " + x);
                assertTrue(Float.isFinite(ScalarMath.softplus(x)), () -> "softplus of " + x);
                assertTrue(Float.isFinite(ScalarMath.silu(x)), () -> "silu of " + x);
            }
        }
    }
}
