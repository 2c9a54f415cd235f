package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The definitions of norm, sums, argmax and expSum, with values worked out by hand. */
class NormAndReductionTest {
    private static final float INFINITY = Float.POSITIVE_INFINITY;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();

    @Test
    void aNormDividesByTheRootMeanSquareOfTheRow() {
        Activations x = new Activations(new float[]{2, -2, 2, -2, 0, 0, 16, 0}, 2, 4);
        Activations y = Activations.allocate(2, 4);
        kernels.rmsNorm(x, new float[]{1, 2, 3, 4}, 0f, y, 0, 2);
        // Root mean squares 2 and sqrt(256 / 4) = 8.
        Bits.assertSame(new float[]{1, -2, 3, -4, 0, 0, 6, 0}, y.data(), "y");
    }

    @Test
    void epsilonIsAddedToTheMeanSquare() {
        Activations x = new Activations(new float[]{1, 1, 1, 0, 0, 0}, 2, 3);
        kernels.rmsNorm(x, new float[]{8, 8, 8}, 3f, x, 0, 2);
        Bits.assertSame(new float[]{4, 4, 4, 0, 0, 0}, x.data(), "y");
    }

    @Test
    void aRowOfZerosStaysZero() {
        Activations x = Activations.allocate(1, 20);
        float[] weight = new float[20];
        Arrays.fill(weight, 1f);
        kernels.rmsNorm(x, weight, 1e-5f, x, 0, 1);
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
        kernels.rmsNorm(new Activations(x, 1, 64), weight, 0f, y, 0, 1);
        Bits.assertSame(1f / (float) Math.sqrt((0x1p24f + 8) / 64), y.data()[1], "scale");
    }

    @Test
    void sumsAreTakenElementByElement() {
        Activations y = new Activations(new float[]{1, 2, 3, 4, 5, 6}, 2, 3);
        kernels.add(new Activations(new float[]{10, 20, 30, 40, 50, 60}, 2, 3), y, 0, 2, 1, 3);
        Bits.assertSame(new float[]{1, 22, 33, 4, 55, 66}, y.data(), "add");
        kernels.addBias(new float[]{100, 200}, y, 1, 1, 1, 0, 2);
        Bits.assertSame(new float[]{1, 22, 33, 4, 155, 266}, y.data(), "addBias");
    }

    @Test
    void argmaxIsTheFirstOfTheLargest() {
        assertEquals(2, kernels.argmax(new float[]{1, 2, 7, 7, 3, 7}, 0, 6));
        assertEquals(3, kernels.argmax(new float[]{1, 2, 7, 7, 3, 7}, 3, 6));
        float[] x = new float[100];
        x[37] = 1;
        x[38] = 1;
        x[69] = 1;
        assertEquals(37, kernels.argmax(x, 0, 100));
        assertEquals(69, kernels.argmax(x, 39, 100));
        assertEquals(5, kernels.argmax(new float[100], 5, 100));
    }

    @Test
    void argmaxOfInfinitiesAndOfOneValue() {
        float[] low = new float[40];
        Arrays.fill(low, -INFINITY);
        assertEquals(3, kernels.argmax(low, 3, 40));
        low[33] = -Float.MAX_VALUE;
        assertEquals(33, kernels.argmax(low, 3, 40));
        low[39] = INFINITY;
        assertEquals(39, kernels.argmax(low, 3, 40));
        assertEquals(7, kernels.argmax(low, 7, 8));
    }

    @Test
    void nanIsTheLargest() {
        float[] x = new float[60];
        x[10] = INFINITY;
        x[41] = Float.NaN;
        x[50] = Float.intBitsToFloat(0xffc0_0001);
        assertEquals(41, kernels.argmax(x, 0, 60));
        assertEquals(50, kernels.argmax(x, 42, 60));
        assertEquals(10, kernels.argmax(x, 0, 41));
    }

    @Test
    void zerosOfBothSignsAreEqual() {
        assertEquals(0, kernels.argmax(new float[]{-0f, 0f, -0f}, 0, 3));
        assertEquals(0, kernels.argmax(new float[]{0f, -0f, 0f}, 0, 3));
        float[] x = new float[50];
        Arrays.fill(x, -0f);
        x[40] = 0f;
        assertEquals(1, kernels.argmax(x, 1, 50));
    }

    @Test
    void exponentialsAreRelativeToTheMaximum() {
        float[] x = new float[20];
        Arrays.fill(x, 300f);
        assertEquals(20f, kernels.expSum(x, 0, 20));
        for (float value : x) {
            assertEquals(1f, value);
        }
        float[] y = {9, -INFINITY, 5, 5 + 1, -300};
        float sum = kernels.expSum(y, 1, 5);
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
        assertEquals(1f, kernels.expSum(x.clone(), 0, 64));
        // In lanes 1 and 3 they meet each other before they meet the 1.
        x[17] = -16.7f;
        x[19] = -16.7f;
        assertEquals(Math.nextUp(1f), kernels.expSum(x.clone(), 0, 64));
    }

    @Test
    void nanMakesTheWholeSumNan() {
        assertEquals(Float.NaN, kernels.expSum(new float[]{1, Float.NaN, 2}, 0, 3));
    }
}
