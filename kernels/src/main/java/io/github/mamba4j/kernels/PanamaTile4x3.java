package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.ScalarKernels.LANES;
import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * {@link PanamaTile}'s sums for processors with 16 vector registers: 12 of them hold sums, 3 weights, and one an element of a
 * row. What {@link PanamaTile8x3} says of its loop holds for this one.
 */
final class PanamaTile4x3 {
    private static final long SLOT = VectorWidth.LANES * Float.BYTES;

    private PanamaTile4x3() {}

    /** See {@link PanamaTile#multiply}; {@code xStep} and {@code wStep} lead from group to group. */
    static void multiply(float[] x, int xAt, int xStep, MemorySegment w, long wAt, long wStep, int groups,
            MemorySegment sums) {
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
                FloatVector wa1 = FloatVector.fromMemorySegment(FLOATS, w, at + 3 * SLOT, LITTLE_ENDIAN);
                FloatVector wb1 = FloatVector.fromMemorySegment(FLOATS, w, at + 4 * SLOT, LITTLE_ENDIAN);
                FloatVector wc1 = FloatVector.fromMemorySegment(FLOATS, w, at + 5 * SLOT, LITTLE_ENDIAN);
                FloatVector e4 = zero.broadcast(x[xi + 4]);
                a0 = wa1.fma(e4, a0);
                b0 = wb1.fma(e4, b0);
                c0 = wc1.fma(e4, c0);
                FloatVector e5 = zero.broadcast(x[xi + 5]);
                a1 = wa1.fma(e5, a1);
                b1 = wb1.fma(e5, b1);
                c1 = wc1.fma(e5, c1);
                FloatVector e6 = zero.broadcast(x[xi + 6]);
                a2 = wa1.fma(e6, a2);
                b2 = wb1.fma(e6, b2);
                c2 = wc1.fma(e6, c2);
                FloatVector e7 = zero.broadcast(x[xi + 7]);
                a3 = wa1.fma(e7, a3);
                b3 = wb1.fma(e7, b3);
                c3 = wc1.fma(e7, c3);
                FloatVector wa2 = FloatVector.fromMemorySegment(FLOATS, w, at + 6 * SLOT, LITTLE_ENDIAN);
                FloatVector wb2 = FloatVector.fromMemorySegment(FLOATS, w, at + 7 * SLOT, LITTLE_ENDIAN);
                FloatVector wc2 = FloatVector.fromMemorySegment(FLOATS, w, at + 8 * SLOT, LITTLE_ENDIAN);
                FloatVector e8 = zero.broadcast(x[xi + 8]);
                a0 = wa2.fma(e8, a0);
                b0 = wb2.fma(e8, b0);
                c0 = wc2.fma(e8, c0);
                FloatVector e9 = zero.broadcast(x[xi + 9]);
                a1 = wa2.fma(e9, a1);
                b1 = wb2.fma(e9, b1);
                c1 = wc2.fma(e9, c1);
                FloatVector e10 = zero.broadcast(x[xi + 10]);
                a2 = wa2.fma(e10, a2);
                b2 = wb2.fma(e10, b2);
                c2 = wc2.fma(e10, c2);
                FloatVector e11 = zero.broadcast(x[xi + 11]);
                a3 = wa2.fma(e11, a3);
                b3 = wb2.fma(e11, b3);
                c3 = wc2.fma(e11, c3);
                FloatVector wa3 = FloatVector.fromMemorySegment(FLOATS, w, at + 9 * SLOT, LITTLE_ENDIAN);
                FloatVector wb3 = FloatVector.fromMemorySegment(FLOATS, w, at + 10 * SLOT, LITTLE_ENDIAN);
                FloatVector wc3 = FloatVector.fromMemorySegment(FLOATS, w, at + 11 * SLOT, LITTLE_ENDIAN);
                FloatVector e12 = zero.broadcast(x[xi + 12]);
                a0 = wa3.fma(e12, a0);
                b0 = wb3.fma(e12, b0);
                c0 = wc3.fma(e12, c0);
                FloatVector e13 = zero.broadcast(x[xi + 13]);
                a1 = wa3.fma(e13, a1);
                b1 = wb3.fma(e13, b1);
                c1 = wc3.fma(e13, c1);
                FloatVector e14 = zero.broadcast(x[xi + 14]);
                a2 = wa3.fma(e14, a2);
                b2 = wb3.fma(e14, b2);
                c2 = wc3.fma(e14, c2);
                FloatVector e15 = zero.broadcast(x[xi + 15]);
                a3 = wa3.fma(e15, a3);
                b3 = wb3.fma(e15, b3);
                c3 = wc3.fma(e15, c3);
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
            to += 12 * SLOT;
        }
    }
}
