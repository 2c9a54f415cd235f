package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.ScalarKernels.LANES;
import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@link PanamaTile}'s sums for processors with 32 vector registers: 24 of them hold sums, 3 weights, and one an element of a
 * row.
 *
 * <p>Why it is written like this:
 *
 * <ul>
 * <li>One loop goes over all lanes, and sums leave in the middle of it. Before a loop begins, the compiler's code checks the
 * bounds of every access in it, some ten instructions for each; with a loop for every lane that was a tenth of the time.
 * <li>A round takes two groups. Whatever else a round does, counting and checking, competes with the multiply-adds for the
 * two ports that have them.
 * <li>A round does not take four, which would be a little faster yet: the first compiler, which has to run the method before
 * the optimizing one looks at it, then runs out of virtual registers, and the method remains slow for ever.
 * <li>{@code zero.broadcast} and one {@code zero} for all keep the method small for the same reason.
 * </ul>
 */
final class PanamaTile8x3 {
    /** Groups in a round of the loop. */
    private static final int GROUPS = 2;
    private static final long SLOT = VectorWidth.LANES * Float.BYTES;
    /** Bytes of the weights of a group. */
    private static final long STEP = 3 * SLOT;

    private PanamaTile8x3() {}

    /** See {@link PanamaTile#multiply}. */
    static void multiply(float[] x, int xAt, MemorySegment w, long wAt, int groups, MemorySegment sums) {
        FloatVector zero = FloatVector.zero(FLOATS);
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
        int lastOfLane = groups - GROUPS;
        long to = 0;
        for (int g = 0; g < LANES * groups; g += GROUPS) {
            long at0 = wAt + (long) g * STEP;
            FloatVector wa0 = FloatVector.fromMemorySegment(FLOATS, w, at0, LITTLE_ENDIAN);
            FloatVector wb0 = FloatVector.fromMemorySegment(FLOATS, w, at0 + SLOT, LITTLE_ENDIAN);
            FloatVector wc0 = FloatVector.fromMemorySegment(FLOATS, w, at0 + 2 * SLOT, LITTLE_ENDIAN);
            FloatVector e0 = zero.broadcast(x[xAt + g * 8]);
            a0 = wa0.fma(e0, a0);
            b0 = wb0.fma(e0, b0);
            c0 = wc0.fma(e0, c0);
            FloatVector e1 = zero.broadcast(x[xAt + g * 8 + 1]);
            a1 = wa0.fma(e1, a1);
            b1 = wb0.fma(e1, b1);
            c1 = wc0.fma(e1, c1);
            FloatVector e2 = zero.broadcast(x[xAt + g * 8 + 2]);
            a2 = wa0.fma(e2, a2);
            b2 = wb0.fma(e2, b2);
            c2 = wc0.fma(e2, c2);
            FloatVector e3 = zero.broadcast(x[xAt + g * 8 + 3]);
            a3 = wa0.fma(e3, a3);
            b3 = wb0.fma(e3, b3);
            c3 = wc0.fma(e3, c3);
            FloatVector e4 = zero.broadcast(x[xAt + g * 8 + 4]);
            a4 = wa0.fma(e4, a4);
            b4 = wb0.fma(e4, b4);
            c4 = wc0.fma(e4, c4);
            FloatVector e5 = zero.broadcast(x[xAt + g * 8 + 5]);
            a5 = wa0.fma(e5, a5);
            b5 = wb0.fma(e5, b5);
            c5 = wc0.fma(e5, c5);
            FloatVector e6 = zero.broadcast(x[xAt + g * 8 + 6]);
            a6 = wa0.fma(e6, a6);
            b6 = wb0.fma(e6, b6);
            c6 = wc0.fma(e6, c6);
            FloatVector e7 = zero.broadcast(x[xAt + g * 8 + 7]);
            a7 = wa0.fma(e7, a7);
            b7 = wb0.fma(e7, b7);
            c7 = wc0.fma(e7, c7);
            long at1 = wAt + (long) g * STEP + STEP;
            FloatVector wa1 = FloatVector.fromMemorySegment(FLOATS, w, at1, LITTLE_ENDIAN);
            FloatVector wb1 = FloatVector.fromMemorySegment(FLOATS, w, at1 + SLOT, LITTLE_ENDIAN);
            FloatVector wc1 = FloatVector.fromMemorySegment(FLOATS, w, at1 + 2 * SLOT, LITTLE_ENDIAN);
            FloatVector e8 = zero.broadcast(x[xAt + g * 8 + 8]);
            a0 = wa1.fma(e8, a0);
            b0 = wb1.fma(e8, b0);
            c0 = wc1.fma(e8, c0);
            FloatVector e9 = zero.broadcast(x[xAt + g * 8 + 9]);
            a1 = wa1.fma(e9, a1);
            b1 = wb1.fma(e9, b1);
            c1 = wc1.fma(e9, c1);
            FloatVector e10 = zero.broadcast(x[xAt + g * 8 + 10]);
            a2 = wa1.fma(e10, a2);
            b2 = wb1.fma(e10, b2);
            c2 = wc1.fma(e10, c2);
            FloatVector e11 = zero.broadcast(x[xAt + g * 8 + 11]);
            a3 = wa1.fma(e11, a3);
            b3 = wb1.fma(e11, b3);
            c3 = wc1.fma(e11, c3);
            FloatVector e12 = zero.broadcast(x[xAt + g * 8 + 12]);
            a4 = wa1.fma(e12, a4);
            b4 = wb1.fma(e12, b4);
            c4 = wc1.fma(e12, c4);
            FloatVector e13 = zero.broadcast(x[xAt + g * 8 + 13]);
            a5 = wa1.fma(e13, a5);
            b5 = wb1.fma(e13, b5);
            c5 = wc1.fma(e13, c5);
            FloatVector e14 = zero.broadcast(x[xAt + g * 8 + 14]);
            a6 = wa1.fma(e14, a6);
            b6 = wb1.fma(e14, b6);
            c6 = wc1.fma(e14, c6);
            FloatVector e15 = zero.broadcast(x[xAt + g * 8 + 15]);
            a7 = wa1.fma(e15, a7);
            b7 = wb1.fma(e15, b7);
            c7 = wc1.fma(e15, c7);
            if (g == lastOfLane) {
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
                a0 = zero;
                b0 = zero;
                c0 = zero;
                a1 = zero;
                b1 = zero;
                c1 = zero;
                a2 = zero;
                b2 = zero;
                c2 = zero;
                a3 = zero;
                b3 = zero;
                c3 = zero;
                a4 = zero;
                b4 = zero;
                c4 = zero;
                a5 = zero;
                b5 = zero;
                c5 = zero;
                a6 = zero;
                b6 = zero;
                c6 = zero;
                a7 = zero;
                b7 = zero;
                c7 = zero;
                lastOfLane += groups;
                to += 24 * SLOT;
            }
        }
    }
}
