package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.math.DotProduct.LANES;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.github.mamba4j.kernels.machine.VectorWidth;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Tile}'s sums for processors with 32 vector registers: 24 of them hold sums, 3 weights, and one an element of a
 * row.
 *
 * <p>Why it is written like this:
 *
 * <ul>
 * <li>The distances from group to group are arguments, not constants, and the loop ends at an inequality. A loop that the
 * compiler can count gets a check of every access in it beforehand, some 250 instructions for a few dozen rounds. Here the
 * checks stay with the accesses, where they cost next to nothing. They are even of use: with one check for the three vectors
 * of a group, by slices of equal length, the compiler loads all elements of a group first, and a sum has to leave its register.
 * <li>A round takes four groups. Whatever else a round does, counting and checking, competes with the multiply-adds for the
 * two ports that have them.
 * <li>A round does not take more: the first compiler, which has to run the method before the optimizing one looks at it,
 * would run out of virtual registers, and the method would remain slow for ever.
 * <li>For the same reason the lanes' sums are not added up here, while they are in registers, which could save a hundredth.
 * From an array instead of a segment it would not be too much, but the whole took an eighth longer.
 * <li>{@code zero.broadcast} and one {@code zero} for all keep the method small for the same reason.
 * </ul>
 */
final class Tile8x3 {
    private static final long SLOT = VectorWidth.LANES * Float.BYTES;

    private Tile8x3() {}

    /** See {@link Tile#multiply}; {@code xStep} and {@code wStep} lead from group to group. */
    static void multiply(float[] x, int xAt, int xStep, MemorySegment w, long wAt, long wStep, int groups,
            MemorySegment sums) {
        w.isNative();
        sums.isNative(); // for the compiler: see PanamaKernels
        FloatVector zero = FloatVector.zero(FLOATS);
        int xi = xAt;
        long at = wAt;
        long to = 0;
        for (int lane = 0; lane < LANES; lane++) {
            FloatVector a0 = zero;
            FloatVector b0 = zero;
            FloatVector c0 = zero;
            FloatVector a1 = zero;
            FloatVector b1 = zero;
            FloatVector c1 = zero;
            FloatVector a2 = zero;
            FloatVector b2 = zero;
            FloatVector c2 = zero;
            FloatVector a3 = zero;
            FloatVector b3 = zero;
            FloatVector c3 = zero;
            FloatVector a4 = zero;
            FloatVector b4 = zero;
            FloatVector c4 = zero;
            FloatVector a5 = zero;
            FloatVector b5 = zero;
            FloatVector c5 = zero;
            FloatVector a6 = zero;
            FloatVector b6 = zero;
            FloatVector c6 = zero;
            FloatVector a7 = zero;
            FloatVector b7 = zero;
            FloatVector c7 = zero;
            long end = at + groups * wStep;
            while (at != end) {
                FloatVector wa0 = FloatVector.fromMemorySegment(FLOATS, w, at, LITTLE_ENDIAN);
                FloatVector wb0 = FloatVector.fromMemorySegment(FLOATS, w, at + SLOT, LITTLE_ENDIAN);
                FloatVector wc0 = FloatVector.fromMemorySegment(FLOATS, w, at + 2 * SLOT, LITTLE_ENDIAN);
                FloatVector e0 = zero.broadcast(x[xi]);
                a0 = wa0.fma(e0, a0);
                b0 = wb0.fma(e0, b0);
                c0 = wc0.fma(e0, c0);
                FloatVector e1 = zero.broadcast(x[xi + 1]);
                a1 = wa0.fma(e1, a1);
                b1 = wb0.fma(e1, b1);
                c1 = wc0.fma(e1, c1);
                FloatVector e2 = zero.broadcast(x[xi + 2]);
                a2 = wa0.fma(e2, a2);
                b2 = wb0.fma(e2, b2);
                c2 = wc0.fma(e2, c2);
                FloatVector e3 = zero.broadcast(x[xi + 3]);
                a3 = wa0.fma(e3, a3);
                b3 = wb0.fma(e3, b3);
                c3 = wc0.fma(e3, c3);
                FloatVector e4 = zero.broadcast(x[xi + 4]);
                a4 = wa0.fma(e4, a4);
                b4 = wb0.fma(e4, b4);
                c4 = wc0.fma(e4, c4);
                FloatVector e5 = zero.broadcast(x[xi + 5]);
                a5 = wa0.fma(e5, a5);
                b5 = wb0.fma(e5, b5);
                c5 = wc0.fma(e5, c5);
                FloatVector e6 = zero.broadcast(x[xi + 6]);
                a6 = wa0.fma(e6, a6);
                b6 = wb0.fma(e6, b6);
                c6 = wc0.fma(e6, c6);
                FloatVector e7 = zero.broadcast(x[xi + 7]);
                a7 = wa0.fma(e7, a7);
                b7 = wb0.fma(e7, b7);
                c7 = wc0.fma(e7, c7);
                FloatVector wa1 = FloatVector.fromMemorySegment(FLOATS, w, at + 3 * SLOT, LITTLE_ENDIAN);
                FloatVector wb1 = FloatVector.fromMemorySegment(FLOATS, w, at + 4 * SLOT, LITTLE_ENDIAN);
                FloatVector wc1 = FloatVector.fromMemorySegment(FLOATS, w, at + 5 * SLOT, LITTLE_ENDIAN);
                FloatVector e8 = zero.broadcast(x[xi + 8]);
                a0 = wa1.fma(e8, a0);
                b0 = wb1.fma(e8, b0);
                c0 = wc1.fma(e8, c0);
                FloatVector e9 = zero.broadcast(x[xi + 9]);
                a1 = wa1.fma(e9, a1);
                b1 = wb1.fma(e9, b1);
                c1 = wc1.fma(e9, c1);
                FloatVector e10 = zero.broadcast(x[xi + 10]);
                a2 = wa1.fma(e10, a2);
                b2 = wb1.fma(e10, b2);
                c2 = wc1.fma(e10, c2);
                FloatVector e11 = zero.broadcast(x[xi + 11]);
                a3 = wa1.fma(e11, a3);
                b3 = wb1.fma(e11, b3);
                c3 = wc1.fma(e11, c3);
                FloatVector e12 = zero.broadcast(x[xi + 12]);
                a4 = wa1.fma(e12, a4);
                b4 = wb1.fma(e12, b4);
                c4 = wc1.fma(e12, c4);
                FloatVector e13 = zero.broadcast(x[xi + 13]);
                a5 = wa1.fma(e13, a5);
                b5 = wb1.fma(e13, b5);
                c5 = wc1.fma(e13, c5);
                FloatVector e14 = zero.broadcast(x[xi + 14]);
                a6 = wa1.fma(e14, a6);
                b6 = wb1.fma(e14, b6);
                c6 = wc1.fma(e14, c6);
                FloatVector e15 = zero.broadcast(x[xi + 15]);
                a7 = wa1.fma(e15, a7);
                b7 = wb1.fma(e15, b7);
                c7 = wc1.fma(e15, c7);
                FloatVector wa2 = FloatVector.fromMemorySegment(FLOATS, w, at + 6 * SLOT, LITTLE_ENDIAN);
                FloatVector wb2 = FloatVector.fromMemorySegment(FLOATS, w, at + 7 * SLOT, LITTLE_ENDIAN);
                FloatVector wc2 = FloatVector.fromMemorySegment(FLOATS, w, at + 8 * SLOT, LITTLE_ENDIAN);
                FloatVector e16 = zero.broadcast(x[xi + 16]);
                a0 = wa2.fma(e16, a0);
                b0 = wb2.fma(e16, b0);
                c0 = wc2.fma(e16, c0);
                FloatVector e17 = zero.broadcast(x[xi + 17]);
                a1 = wa2.fma(e17, a1);
                b1 = wb2.fma(e17, b1);
                c1 = wc2.fma(e17, c1);
                FloatVector e18 = zero.broadcast(x[xi + 18]);
                a2 = wa2.fma(e18, a2);
                b2 = wb2.fma(e18, b2);
                c2 = wc2.fma(e18, c2);
                FloatVector e19 = zero.broadcast(x[xi + 19]);
                a3 = wa2.fma(e19, a3);
                b3 = wb2.fma(e19, b3);
                c3 = wc2.fma(e19, c3);
                FloatVector e20 = zero.broadcast(x[xi + 20]);
                a4 = wa2.fma(e20, a4);
                b4 = wb2.fma(e20, b4);
                c4 = wc2.fma(e20, c4);
                FloatVector e21 = zero.broadcast(x[xi + 21]);
                a5 = wa2.fma(e21, a5);
                b5 = wb2.fma(e21, b5);
                c5 = wc2.fma(e21, c5);
                FloatVector e22 = zero.broadcast(x[xi + 22]);
                a6 = wa2.fma(e22, a6);
                b6 = wb2.fma(e22, b6);
                c6 = wc2.fma(e22, c6);
                FloatVector e23 = zero.broadcast(x[xi + 23]);
                a7 = wa2.fma(e23, a7);
                b7 = wb2.fma(e23, b7);
                c7 = wc2.fma(e23, c7);
                FloatVector wa3 = FloatVector.fromMemorySegment(FLOATS, w, at + 9 * SLOT, LITTLE_ENDIAN);
                FloatVector wb3 = FloatVector.fromMemorySegment(FLOATS, w, at + 10 * SLOT, LITTLE_ENDIAN);
                FloatVector wc3 = FloatVector.fromMemorySegment(FLOATS, w, at + 11 * SLOT, LITTLE_ENDIAN);
                FloatVector e24 = zero.broadcast(x[xi + 24]);
                a0 = wa3.fma(e24, a0);
                b0 = wb3.fma(e24, b0);
                c0 = wc3.fma(e24, c0);
                FloatVector e25 = zero.broadcast(x[xi + 25]);
                a1 = wa3.fma(e25, a1);
                b1 = wb3.fma(e25, b1);
                c1 = wc3.fma(e25, c1);
                FloatVector e26 = zero.broadcast(x[xi + 26]);
                a2 = wa3.fma(e26, a2);
                b2 = wb3.fma(e26, b2);
                c2 = wc3.fma(e26, c2);
                FloatVector e27 = zero.broadcast(x[xi + 27]);
                a3 = wa3.fma(e27, a3);
                b3 = wb3.fma(e27, b3);
                c3 = wc3.fma(e27, c3);
                FloatVector e28 = zero.broadcast(x[xi + 28]);
                a4 = wa3.fma(e28, a4);
                b4 = wb3.fma(e28, b4);
                c4 = wc3.fma(e28, c4);
                FloatVector e29 = zero.broadcast(x[xi + 29]);
                a5 = wa3.fma(e29, a5);
                b5 = wb3.fma(e29, b5);
                c5 = wc3.fma(e29, c5);
                FloatVector e30 = zero.broadcast(x[xi + 30]);
                a6 = wa3.fma(e30, a6);
                b6 = wb3.fma(e30, b6);
                c6 = wc3.fma(e30, c6);
                FloatVector e31 = zero.broadcast(x[xi + 31]);
                a7 = wa3.fma(e31, a7);
                b7 = wb3.fma(e31, b7);
                c7 = wc3.fma(e31, c7);
                xi += 4 * xStep;
                at += 4 * wStep;
            }
            a0.intoMemorySegment(sums, to, LITTLE_ENDIAN);
            b0.intoMemorySegment(sums, to + SLOT, LITTLE_ENDIAN);
            c0.intoMemorySegment(sums, to + 2 * SLOT, LITTLE_ENDIAN);
            a1.intoMemorySegment(sums, to + 3 * SLOT, LITTLE_ENDIAN);
            b1.intoMemorySegment(sums, to + 4 * SLOT, LITTLE_ENDIAN);
            c1.intoMemorySegment(sums, to + 5 * SLOT, LITTLE_ENDIAN);
            a2.intoMemorySegment(sums, to + 6 * SLOT, LITTLE_ENDIAN);
            b2.intoMemorySegment(sums, to + 7 * SLOT, LITTLE_ENDIAN);
            c2.intoMemorySegment(sums, to + 8 * SLOT, LITTLE_ENDIAN);
            a3.intoMemorySegment(sums, to + 9 * SLOT, LITTLE_ENDIAN);
            b3.intoMemorySegment(sums, to + 10 * SLOT, LITTLE_ENDIAN);
            c3.intoMemorySegment(sums, to + 11 * SLOT, LITTLE_ENDIAN);
            a4.intoMemorySegment(sums, to + 12 * SLOT, LITTLE_ENDIAN);
            b4.intoMemorySegment(sums, to + 13 * SLOT, LITTLE_ENDIAN);
            c4.intoMemorySegment(sums, to + 14 * SLOT, LITTLE_ENDIAN);
            a5.intoMemorySegment(sums, to + 15 * SLOT, LITTLE_ENDIAN);
            b5.intoMemorySegment(sums, to + 16 * SLOT, LITTLE_ENDIAN);
            c5.intoMemorySegment(sums, to + 17 * SLOT, LITTLE_ENDIAN);
            a6.intoMemorySegment(sums, to + 18 * SLOT, LITTLE_ENDIAN);
            b6.intoMemorySegment(sums, to + 19 * SLOT, LITTLE_ENDIAN);
            c6.intoMemorySegment(sums, to + 20 * SLOT, LITTLE_ENDIAN);
            a7.intoMemorySegment(sums, to + 21 * SLOT, LITTLE_ENDIAN);
            b7.intoMemorySegment(sums, to + 22 * SLOT, LITTLE_ENDIAN);
            c7.intoMemorySegment(sums, to + 23 * SLOT, LITTLE_ENDIAN);
            to += 24 * SLOT;
        }
    }
}
