package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;

import io.github.mamba4j.kernels.machine.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Transposes squares of as many vectors as a vector has lanes: element (i, l), lane l of vector i, goes to (l, i).
 *
 * <p>Each step exchanges one bit of i with the same bit of l, for all pairs of vectors a and b whose numbers differ in
 * that bit: a keeps the lanes in which the bit is clear and receives the same lanes of b in the others.
 */
final class Transpose {
    private static final VectorMask<Float> UPPER_8 = Fold.upper(8);
    private static final VectorMask<Float> UPPER_4 = Fold.upper(4);
    private static final VectorMask<Float> UPPER_2 = Fold.upper(2);
    private static final VectorMask<Float> UPPER_1 = Fold.upper(1);
    private static final VectorShuffle<Float> SWAP_8 = Fold.swap(8);
    private static final VectorShuffle<Float> SWAP_4 = Fold.swap(4);
    private static final VectorShuffle<Float> SWAP_2 = Fold.swap(2);
    private static final VectorShuffle<Float> SWAP_1 = Fold.swap(1);

    private Transpose() {}

    /**
     * Transposes squares that lie beside each other.
     *
     * @param from where the vectors are, in two halves, the second behind the first
     * @param at index of the first
     * @param near distance of neighbours in a half
     * @param far distance of the halves
     * @param step distance of the squares
     * @param to where the transposed vectors go
     * @param toAt index of the first
     * @param toStride distance of neighbours
     * @param toStep distance of the squares
     * @param count number of squares
     */
    static void transpose(float[] from, int at, int near, int far, int step, float[] to, int toAt, int toStride,
            int toStep, int count) {
        switch (VectorWidth.LANES) {
            case 16 -> {
                for (int k = 0; k < count; k++) {
                    transpose512(from, at + k * step, near, far, to, toAt + k * toStep, toStride);
                }
            }
            case 8 -> transpose256(from, at, near, far, step, to, toAt, toStride, toStep, count);
            default -> {
                for (int k = 0; k < count; k++) {
                    transpose128(from, at + k * step, near, far, to, toAt + k * toStep, toStride);
                }
            }
        }
    }

    private static void transpose512(float[] from, int at, int near, int far, float[] to, int toAt,
            int toStride) {
        FloatVector v0 = FloatVector.fromArray(FLOATS, from, at);
        FloatVector v1 = FloatVector.fromArray(FLOATS, from, at + near);
        FloatVector v2 = FloatVector.fromArray(FLOATS, from, at + 2 * near);
        FloatVector v3 = FloatVector.fromArray(FLOATS, from, at + 3 * near);
        FloatVector v4 = FloatVector.fromArray(FLOATS, from, at + 4 * near);
        FloatVector v5 = FloatVector.fromArray(FLOATS, from, at + 5 * near);
        FloatVector v6 = FloatVector.fromArray(FLOATS, from, at + 6 * near);
        FloatVector v7 = FloatVector.fromArray(FLOATS, from, at + 7 * near);
        FloatVector v8 = FloatVector.fromArray(FLOATS, from, at + far);
        FloatVector v9 = FloatVector.fromArray(FLOATS, from, at + far + near);
        FloatVector v10 = FloatVector.fromArray(FLOATS, from, at + far + 2 * near);
        FloatVector v11 = FloatVector.fromArray(FLOATS, from, at + far + 3 * near);
        FloatVector v12 = FloatVector.fromArray(FLOATS, from, at + far + 4 * near);
        FloatVector v13 = FloatVector.fromArray(FLOATS, from, at + far + 5 * near);
        FloatVector v14 = FloatVector.fromArray(FLOATS, from, at + far + 6 * near);
        FloatVector v15 = FloatVector.fromArray(FLOATS, from, at + far + 7 * near);
        FloatVector a0 = v0.blend(v8.rearrange(SWAP_8), UPPER_8);
        FloatVector a8 = v0.rearrange(SWAP_8).blend(v8, UPPER_8);
        FloatVector a1 = v1.blend(v9.rearrange(SWAP_8), UPPER_8);
        FloatVector a9 = v1.rearrange(SWAP_8).blend(v9, UPPER_8);
        FloatVector a2 = v2.blend(v10.rearrange(SWAP_8), UPPER_8);
        FloatVector a10 = v2.rearrange(SWAP_8).blend(v10, UPPER_8);
        FloatVector a3 = v3.blend(v11.rearrange(SWAP_8), UPPER_8);
        FloatVector a11 = v3.rearrange(SWAP_8).blend(v11, UPPER_8);
        FloatVector a4 = v4.blend(v12.rearrange(SWAP_8), UPPER_8);
        FloatVector a12 = v4.rearrange(SWAP_8).blend(v12, UPPER_8);
        FloatVector a5 = v5.blend(v13.rearrange(SWAP_8), UPPER_8);
        FloatVector a13 = v5.rearrange(SWAP_8).blend(v13, UPPER_8);
        FloatVector a6 = v6.blend(v14.rearrange(SWAP_8), UPPER_8);
        FloatVector a14 = v6.rearrange(SWAP_8).blend(v14, UPPER_8);
        FloatVector a7 = v7.blend(v15.rearrange(SWAP_8), UPPER_8);
        FloatVector a15 = v7.rearrange(SWAP_8).blend(v15, UPPER_8);
        FloatVector b0 = a0.blend(a4.rearrange(SWAP_4), UPPER_4);
        FloatVector b4 = a0.rearrange(SWAP_4).blend(a4, UPPER_4);
        FloatVector b1 = a1.blend(a5.rearrange(SWAP_4), UPPER_4);
        FloatVector b5 = a1.rearrange(SWAP_4).blend(a5, UPPER_4);
        FloatVector b2 = a2.blend(a6.rearrange(SWAP_4), UPPER_4);
        FloatVector b6 = a2.rearrange(SWAP_4).blend(a6, UPPER_4);
        FloatVector b3 = a3.blend(a7.rearrange(SWAP_4), UPPER_4);
        FloatVector b7 = a3.rearrange(SWAP_4).blend(a7, UPPER_4);
        FloatVector b8 = a8.blend(a12.rearrange(SWAP_4), UPPER_4);
        FloatVector b12 = a8.rearrange(SWAP_4).blend(a12, UPPER_4);
        FloatVector b9 = a9.blend(a13.rearrange(SWAP_4), UPPER_4);
        FloatVector b13 = a9.rearrange(SWAP_4).blend(a13, UPPER_4);
        FloatVector b10 = a10.blend(a14.rearrange(SWAP_4), UPPER_4);
        FloatVector b14 = a10.rearrange(SWAP_4).blend(a14, UPPER_4);
        FloatVector b11 = a11.blend(a15.rearrange(SWAP_4), UPPER_4);
        FloatVector b15 = a11.rearrange(SWAP_4).blend(a15, UPPER_4);
        FloatVector c0 = b0.blend(b2.rearrange(SWAP_2), UPPER_2);
        FloatVector c2 = b0.rearrange(SWAP_2).blend(b2, UPPER_2);
        FloatVector c1 = b1.blend(b3.rearrange(SWAP_2), UPPER_2);
        FloatVector c3 = b1.rearrange(SWAP_2).blend(b3, UPPER_2);
        FloatVector c4 = b4.blend(b6.rearrange(SWAP_2), UPPER_2);
        FloatVector c6 = b4.rearrange(SWAP_2).blend(b6, UPPER_2);
        FloatVector c5 = b5.blend(b7.rearrange(SWAP_2), UPPER_2);
        FloatVector c7 = b5.rearrange(SWAP_2).blend(b7, UPPER_2);
        FloatVector c8 = b8.blend(b10.rearrange(SWAP_2), UPPER_2);
        FloatVector c10 = b8.rearrange(SWAP_2).blend(b10, UPPER_2);
        FloatVector c9 = b9.blend(b11.rearrange(SWAP_2), UPPER_2);
        FloatVector c11 = b9.rearrange(SWAP_2).blend(b11, UPPER_2);
        FloatVector c12 = b12.blend(b14.rearrange(SWAP_2), UPPER_2);
        FloatVector c14 = b12.rearrange(SWAP_2).blend(b14, UPPER_2);
        FloatVector c13 = b13.blend(b15.rearrange(SWAP_2), UPPER_2);
        FloatVector c15 = b13.rearrange(SWAP_2).blend(b15, UPPER_2);
        FloatVector d0 = c0.blend(c1.rearrange(SWAP_1), UPPER_1);
        FloatVector d1 = c0.rearrange(SWAP_1).blend(c1, UPPER_1);
        FloatVector d2 = c2.blend(c3.rearrange(SWAP_1), UPPER_1);
        FloatVector d3 = c2.rearrange(SWAP_1).blend(c3, UPPER_1);
        FloatVector d4 = c4.blend(c5.rearrange(SWAP_1), UPPER_1);
        FloatVector d5 = c4.rearrange(SWAP_1).blend(c5, UPPER_1);
        FloatVector d6 = c6.blend(c7.rearrange(SWAP_1), UPPER_1);
        FloatVector d7 = c6.rearrange(SWAP_1).blend(c7, UPPER_1);
        FloatVector d8 = c8.blend(c9.rearrange(SWAP_1), UPPER_1);
        FloatVector d9 = c8.rearrange(SWAP_1).blend(c9, UPPER_1);
        FloatVector d10 = c10.blend(c11.rearrange(SWAP_1), UPPER_1);
        FloatVector d11 = c10.rearrange(SWAP_1).blend(c11, UPPER_1);
        FloatVector d12 = c12.blend(c13.rearrange(SWAP_1), UPPER_1);
        FloatVector d13 = c12.rearrange(SWAP_1).blend(c13, UPPER_1);
        FloatVector d14 = c14.blend(c15.rearrange(SWAP_1), UPPER_1);
        FloatVector d15 = c14.rearrange(SWAP_1).blend(c15, UPPER_1);
        d0.intoArray(to, toAt);
        d1.intoArray(to, toAt + toStride);
        d2.intoArray(to, toAt + 2 * toStride);
        d3.intoArray(to, toAt + 3 * toStride);
        d4.intoArray(to, toAt + 4 * toStride);
        d5.intoArray(to, toAt + 5 * toStride);
        d6.intoArray(to, toAt + 6 * toStride);
        d7.intoArray(to, toAt + 7 * toStride);
        d8.intoArray(to, toAt + 8 * toStride);
        d9.intoArray(to, toAt + 9 * toStride);
        d10.intoArray(to, toAt + 10 * toStride);
        d11.intoArray(to, toAt + 11 * toStride);
        d12.intoArray(to, toAt + 12 * toStride);
        d13.intoArray(to, toAt + 13 * toStride);
        d14.intoArray(to, toAt + 14 * toStride);
        d15.intoArray(to, toAt + 15 * toStride);
    }

    /**
     * All squares in one method, so that masks and shuffles are made ready once. The first step has loads for shuffles: each
     * half of a vector is loaded into the lanes in which it belongs.
     */
    private static void transpose256(float[] from, int first, int near, int far, int step, float[] to, int toFirst,
            int toStride, int toStep, int count) {
        for (int k = 0; k < count; k++) {
            int at = first + k * step;
            int toAt = toFirst + k * toStep;
            FloatVector a0 = FloatVector.fromArray(FLOATS, from, at)
                    .blend(FloatVector.fromArray(FLOATS, from, at + far - 4), UPPER_4);
            FloatVector a4 = FloatVector.fromArray(FLOATS, from, at + 4)
                    .blend(FloatVector.fromArray(FLOATS, from, at + far), UPPER_4);
            FloatVector a1 = FloatVector.fromArray(FLOATS, from, at + near)
                    .blend(FloatVector.fromArray(FLOATS, from, at + far + near - 4), UPPER_4);
            FloatVector a5 = FloatVector.fromArray(FLOATS, from, at + near + 4)
                    .blend(FloatVector.fromArray(FLOATS, from, at + far + near), UPPER_4);
            FloatVector a2 = FloatVector.fromArray(FLOATS, from, at + 2 * near)
                    .blend(FloatVector.fromArray(FLOATS, from, at + far + 2 * near - 4), UPPER_4);
            FloatVector a6 = FloatVector.fromArray(FLOATS, from, at + 2 * near + 4)
                    .blend(FloatVector.fromArray(FLOATS, from, at + far + 2 * near), UPPER_4);
            FloatVector a3 = FloatVector.fromArray(FLOATS, from, at + 3 * near)
                    .blend(FloatVector.fromArray(FLOATS, from, at + far + 3 * near - 4), UPPER_4);
            FloatVector a7 = FloatVector.fromArray(FLOATS, from, at + 3 * near + 4)
                    .blend(FloatVector.fromArray(FLOATS, from, at + far + 3 * near), UPPER_4);
            FloatVector b0 = a0.blend(a2.rearrange(SWAP_2), UPPER_2);
            FloatVector b2 = a0.rearrange(SWAP_2).blend(a2, UPPER_2);
            FloatVector b1 = a1.blend(a3.rearrange(SWAP_2), UPPER_2);
            FloatVector b3 = a1.rearrange(SWAP_2).blend(a3, UPPER_2);
            FloatVector b4 = a4.blend(a6.rearrange(SWAP_2), UPPER_2);
            FloatVector b6 = a4.rearrange(SWAP_2).blend(a6, UPPER_2);
            FloatVector b5 = a5.blend(a7.rearrange(SWAP_2), UPPER_2);
            FloatVector b7 = a5.rearrange(SWAP_2).blend(a7, UPPER_2);
            b0.blend(b1.rearrange(SWAP_1), UPPER_1).intoArray(to, toAt);
            b0.rearrange(SWAP_1).blend(b1, UPPER_1).intoArray(to, toAt + toStride);
            b2.blend(b3.rearrange(SWAP_1), UPPER_1).intoArray(to, toAt + 2 * toStride);
            b2.rearrange(SWAP_1).blend(b3, UPPER_1).intoArray(to, toAt + 3 * toStride);
            b4.blend(b5.rearrange(SWAP_1), UPPER_1).intoArray(to, toAt + 4 * toStride);
            b4.rearrange(SWAP_1).blend(b5, UPPER_1).intoArray(to, toAt + 5 * toStride);
            b6.blend(b7.rearrange(SWAP_1), UPPER_1).intoArray(to, toAt + 6 * toStride);
            b6.rearrange(SWAP_1).blend(b7, UPPER_1).intoArray(to, toAt + 7 * toStride);
        }
    }

    private static void transpose128(float[] from, int at, int near, int far, float[] to, int toAt, int toStride) {
        FloatVector v0 = FloatVector.fromArray(FLOATS, from, at);
        FloatVector v1 = FloatVector.fromArray(FLOATS, from, at + near);
        FloatVector v2 = FloatVector.fromArray(FLOATS, from, at + far);
        FloatVector v3 = FloatVector.fromArray(FLOATS, from, at + far + near);
        FloatVector a0 = v0.blend(v2.rearrange(SWAP_2), UPPER_2);
        FloatVector a2 = v0.rearrange(SWAP_2).blend(v2, UPPER_2);
        FloatVector a1 = v1.blend(v3.rearrange(SWAP_2), UPPER_2);
        FloatVector a3 = v1.rearrange(SWAP_2).blend(v3, UPPER_2);
        FloatVector b0 = a0.blend(a1.rearrange(SWAP_1), UPPER_1);
        FloatVector b1 = a0.rearrange(SWAP_1).blend(a1, UPPER_1);
        FloatVector b2 = a2.blend(a3.rearrange(SWAP_1), UPPER_1);
        FloatVector b3 = a2.rearrange(SWAP_1).blend(a3, UPPER_1);
        b0.intoArray(to, toAt);
        b1.intoArray(to, toAt + toStride);
        b2.intoArray(to, toAt + 2 * toStride);
        b3.intoArray(to, toAt + 3 * toStride);
    }
}
