package io.github.mamba4j.kernels.scan;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;

import io.github.mamba4j.kernels.math.DotProduct;
import jdk.incubator.vector.FloatVector;

/** Canonical sums of a vector of channels: each of the 16 lanes of a sum is a vector in memory. */
final class LaneSums {
    private LaneSums() {}

    /**
     * Adds the zeros that pad a sum.
     *
     * @param x where the lanes are
     * @param at index of lane 0
     * @param distance from a lane to the next
     * @param length the length of the sum; nothing happens for multiples of 16
     */
    static void pad(float[] x, int at, int distance, int length) {
        if (length % DotProduct.LANES != 0) {
            for (int lane = length % DotProduct.LANES; lane < DotProduct.LANES; lane++) {
                int i = at + lane * distance;
                FloatVector.fromArray(FLOATS, x, i).add(0f).intoArray(x, i);
            }
        }
    }

    /**
     * Adds up the lanes in halves: 8 apart, then 4, 2 and 1.
     *
     * @param x where the lanes are
     * @param at index of lane 0
     * @param d from a lane to the next
     * @param toAt index of the sum, in the same array
     */
    static void fold(float[] x, int at, int d, int toAt) {
        FloatVector even = FloatVector.fromArray(FLOATS, x, at).add(FloatVector.fromArray(FLOATS, x, at + 8 * d))
                .add(FloatVector.fromArray(FLOATS, x, at + 4 * d).add(FloatVector.fromArray(FLOATS, x, at + 12 * d)))
                .add(FloatVector.fromArray(FLOATS, x, at + 2 * d).add(FloatVector.fromArray(FLOATS, x, at + 10 * d))
                        .add(FloatVector.fromArray(FLOATS, x, at + 6 * d)
                                .add(FloatVector.fromArray(FLOATS, x, at + 14 * d))));
        FloatVector odd = FloatVector.fromArray(FLOATS, x, at + d).add(FloatVector.fromArray(FLOATS, x, at + 9 * d))
                .add(FloatVector.fromArray(FLOATS, x, at + 5 * d).add(FloatVector.fromArray(FLOATS, x, at + 13 * d)))
                .add(FloatVector.fromArray(FLOATS, x, at + 3 * d).add(FloatVector.fromArray(FLOATS, x, at + 11 * d))
                        .add(FloatVector.fromArray(FLOATS, x, at + 7 * d)
                                .add(FloatVector.fromArray(FLOATS, x, at + 15 * d))));
        even.add(odd).intoArray(x, toAt);
    }
}
