package io.github.mamba4j.kernels.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
 * One row of activations and weights in F16: where a vector holds a whole sum, activations are multiplied by 2^16, and what
 * that does not suit is left to another kernel. The result is the scalar kernels', whichever of them it was.
 */
class MatvecF16EqualityTest {
    /** The largest activation that can be multiplied by 2^16, and the next one. */
    private static final float LARGEST = Math.nextDown(0x1p112f);
    private static final float TOO_LARGE = 0x1p112f;
    private static final float[] NOT_FINITE = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN};

    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Kernels panama = KernelChoice.PANAMA.load();
    private final Scratch scratch = new Scratch();

    private void check(boolean isDone, Matrix w, float[] x, String what) {
        Activations row = new Activations(x, 1, w.cols());
        Activations expected = Activations.allocate(1, w.rows());
        Activations actual = Activations.allocate(1, w.rows());
        scalar.linear().matmul(w, 0, w.rows(), row, 0, expected, 0, 0, 1, scratch);
        panama.linear().matmul(w, 0, w.rows(), row, 0, actual, 0, 0, 1, scratch);
        Bits.assertSame(expected.data(), actual.data(), what);
        if (VectorWidth.PARTS == 1) {
            assertEquals(isDone, OneRow512.multiply(w, 0, w.rows(), x, 0, actual.data(), 0, scratch.vectors()), what);
        }
    }

    private static Matrix stored(float[] weights, int outs, int cols) {
        return Stored.of(Stored.encode(weights, DType.F16), DType.F16, outs, cols, Place.NATIVE);
    }

    @Test
    void theLargestAndTheSmallestActivations() {
        Values v = new Values(1);
        for (int k : new int[]{16, 64, 512}) {
            Matrix w = Stored.everyFiniteF16(k, Place.NATIVE);
            float[] x = new float[k];
            for (int i = 0; i < k; i++) {
                Arrays.fill(x, 0f);
                x[i] = v.oneOf(new float[]{LARGEST, -LARGEST, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL});
                check(true, w, x, "activation " + i + " of " + k);
            }
        }
    }

    @Test
    void activationsThatCannotBeMadeLargerAreLeftToOthers() {
        Values v = new Values(2);
        for (int k = 16; k <= 80; k += 8) {
            Matrix w = Stored.normal(v, DType.F16, 9, k, Place.NATIVE);
            for (int i = 0; i < k; i++) {
                float[] x = v.normal(k);
                boolean inGroup = i < k - k % 16;
                for (float tooLarge : new float[]{TOO_LARGE, -TOO_LARGE, Float.POSITIVE_INFINITY, Float.NaN}) {
                    x[i] = tooLarge;
                    check(!inGroup, w, x, "activation " + i + " of " + k);
                }
            }
        }
    }

    @Test
    void weightsThatAreNotFiniteAreLeftToOthers() {
        Values v = new Values(3);
        for (int i = 0; i < 300; i++) {
            int k = 16 * v.between(1, 20);
            int outs = v.between(1, 140);
            float[] weights = new float[outs * k];
            Arrays.fill(weights, 65504f);
            float[] x = v.normal(k);
            check(true, stored(weights, outs, k), x, "all are finite");
            weights[v.between(0, weights.length - 1)] = v.oneOf(NOT_FINITE);
            check(false, stored(weights, outs, k), x, "one is not finite");
        }
    }

    @Test
    void moreActivationsThanThereIsRoomForAreLeftToOthers() {
        Values v = new Values(4);
        int most = scratch.vectors().stage.length;
        for (int k : new int[]{most, most + 15, most + 16}) {
            Matrix w = Stored.normal(v, DType.F16, 3, k, Place.NATIVE);
            check(k < most + 16, w, v.normal(k), k + " activations");
        }
    }
}
