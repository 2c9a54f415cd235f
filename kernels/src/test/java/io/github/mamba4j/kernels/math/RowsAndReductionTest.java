package io.github.mamba4j.kernels.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The definitions of work on rows, argmax and expSum, with values worked out by hand. */
class RowsAndReductionTest {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();

    @Test
    void sumsAreTakenElementByElement() {
        Activations y = new Activations(new float[]{1, 2, 3, 4, 5, 6}, 2, 3);
        kernels.rows().add(new Activations(new float[]{10, 20, 30, 40, 50, 60}, 2, 3), y, 0, 2, 1, 3);
        Bits.assertSame(new float[]{1, 22, 33, 4, 55, 66}, y.data(), "add");
        kernels.rows().addBias(new float[]{100, 200}, y, 1, 1, 1, 0, 2);
        Bits.assertSame(new float[]{1, 22, 33, 4, 155, 266}, y.data(), "addBias");
    }

    @Test
    void multiplesAreAddedWithOneRounding() {
        Activations y = new Activations(new float[]{1, 2, 3, 4, 5, 6}, 2, 3);
        kernels.rows().addScaled(0.5f, new Activations(new float[]{10, 20, 30, 40, 50, 60}, 2, 3), y, 0, 2, 1, 3);
        Bits.assertSame(new float[]{1, 12, 18, 4, 30, 36}, y.data(), "addScaled");
        // (1 + 2^-12)^2 - 1 keeps its last bit, 2^-24, only if the product is not rounded first.
        Activations one = new Activations(new float[]{-1}, 1, 1);
        kernels.rows().addScaled(1 + 0x1p-12f, new Activations(new float[]{1 + 0x1p-12f}, 1, 1), one, 0, 1, 0, 1);
        Bits.assertSame(new float[]{0x1p-11f + 0x1p-24f}, one.data(), "addScaled");
    }

    @Test
    void columnsAreMultipliedAndGated() {
        Activations y = new Activations(new float[]{1, 2, 3, 4, 5, 6, 7, 8}, 2, 4);
        kernels.rows().multiply(y, 0, y, 2, 2, 0, 2);
        Bits.assertSame(new float[]{1, 2, 3, 8, 5, 6, 35, 48}, y.data(), "multiply");
        // silu(32) = 32, and silu(0) = 0.
        Activations z = new Activations(new float[]{-1, 32, -1, 0}, 2, 2);
        kernels.rows().gate(z, 1, y, 3, 1, 0, 2, new Scratch());
        Bits.assertSame(new float[]{1, 2, 3, 256, 5, 6, 35, 0}, y.data(), "gate");
    }

    @Test
    void columnsAreGatedBySigmoidsAndSquared() {
        // sigmoid(0) = 1/2, sigmoid(100) = 1, sigmoid(-100) = 0.
        Activations z = new Activations(new float[]{9, 0, 9, 100, 9, -100}, 3, 2);
        Activations y = new Activations(new float[]{1, 2, 3, 4, 5, 6}, 3, 2);
        kernels.rows().sigmoidGate(z, 1, y, 0, 1, 0, 3, new Scratch());
        Bits.assertSame(new float[]{0.5f, 2, 3, 4, 0, 6}, y.data(), "sigmoidGate");
        Activations x = new Activations(new float[]{-3, 3, -2, 1, Float.NaN, 5}, 2, 3);
        kernels.rows().squaredRelu(x, 1, 2, 0, 2);
        Bits.assertSame(new float[]{-3, 9, 0, 1, Float.NaN, 25}, x.data(), "squaredRelu");
    }

    @Test
    void rowsAreScaledAsTheyAreWidened() {
        Activations y = new Activations(new float[]{1, 2, 3, 4}, 2, 2);
        kernels.rows().widenRow(Matrix.of(new float[]{5, 6, 7, 8}, 2, 2), 1, 3f, y, 0);
        Bits.assertSame(new float[]{21, 24, 3, 4}, y.data(), "widenRow");
    }

    @Test
    void argmaxIsTheFirstOfTheLargest() {
        assertEquals(2, kernels.math().argmax(new float[]{1, 2, 7, 7, 3, 7}, 0, 6));
        assertEquals(3, kernels.math().argmax(new float[]{1, 2, 7, 7, 3, 7}, 3, 6));
        float[] x = new float[100];
        x[37] = 1;
        x[38] = 1;
        x[69] = 1;
        assertEquals(37, kernels.math().argmax(x, 0, 100));
        assertEquals(69, kernels.math().argmax(x, 39, 100));
        assertEquals(5, kernels.math().argmax(new float[100], 5, 100));
    }

    @Test
    void argmaxOfInfinitiesAndOfOneValue() {
        float[] low = new float[40];
        Arrays.fill(low, -INFINITY);
        assertEquals(3, kernels.math().argmax(low, 3, 40));
        low[33] = -Float.MAX_VALUE;
        assertEquals(33, kernels.math().argmax(low, 3, 40));
        low[39] = INFINITY;
        assertEquals(39, kernels.math().argmax(low, 3, 40));
        assertEquals(7, kernels.math().argmax(low, 7, 8));
    }

    @Test
    void nanIsTheLargest() {
        float[] x = new float[60];
        x[10] = INFINITY;
        x[41] = Float.NaN;
        x[50] = Float.intBitsToFloat(0xffc0_0001);
        assertEquals(41, kernels.math().argmax(x, 0, 60));
        assertEquals(50, kernels.math().argmax(x, 42, 60));
        assertEquals(10, kernels.math().argmax(x, 0, 41));
    }

    @Test
    void zerosOfBothSignsAreEqual() {
        assertEquals(0, kernels.math().argmax(new float[]{-0f, 0f, -0f}, 0, 3));
        assertEquals(0, kernels.math().argmax(new float[]{0f, -0f, 0f}, 0, 3));
        float[] x = new float[50];
        Arrays.fill(x, -0f);
        x[40] = 0f;
        assertEquals(1, kernels.math().argmax(x, 1, 50));
    }

    @Test
    void exponentialsAreRelativeToTheMaximum() {
        float[] x = new float[20];
        Arrays.fill(x, 300f);
        assertEquals(20f, kernels.math().expSum(x, 0, 20));
        for (float value : x) {
            assertEquals(1f, value);
        }
        float[] y = {9, -INFINITY, 5, 5 + 1, -300};
        float sum = kernels.math().expSum(y, 1, 5);
        float e = ScalarMath.exp(-1f);
        Bits.assertSame(new float[]{9, 0, e, 1, 0}, y, "x");
        assertEquals(1 + e, sum);
    }

    @Test
    void exponentialsAreAddedInLanes() {
        float[] x = new float[64];
        Arrays.fill(x, -INFINITY);
        x[0] = 0;
        // exp(-16.7) is a little less than half of what 1 can still be changed by: one at a time, they are lost.
        x[16] = -16.7f;
        x[32] = -16.7f;
        x[48] = -16.7f;
        assertEquals(1f, kernels.math().expSum(x.clone(), 0, 64));
        // In lanes 1 and 3 they meet each other before they meet the 1.
        x[17] = -16.7f;
        x[19] = -16.7f;
        assertEquals(Math.nextUp(1f), kernels.math().expSum(x.clone(), 0, 64));
    }

    @Test
    void nanMakesTheWholeSumNan() {
        assertEquals(Float.NaN, kernels.math().expSum(new float[]{1, Float.NaN, 2}, 0, 3));
    }
}
