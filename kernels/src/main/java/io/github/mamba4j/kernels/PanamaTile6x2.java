package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.PanamaTile.OUTS;
import static io.github.mamba4j.kernels.PanamaTile.ROWS;
import static io.github.mamba4j.kernels.ScalarKernels.LANES;
import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;

/**
 * {@link PanamaTile}'s sums for processors with 16 vector registers: 12 of them hold sums, 2 weights, and one an element of a
 * row.
 *
 * <p>Why it is written like this:
 *
 * <ul>
 * <li>The weights are in an array. Indices of an array are checked once for all of a round; offsets into a segment are
 * checked one by one, which was a fifth of all instructions.
 * <li>Without those checks, however, the compiler would bring forward the loads of a whole round. There are not nearly as
 * many registers, so that sums would go through memory, which takes twice the time. Loads do not pass a fence between loads,
 * and on x86 that fence is no instruction: it only keeps the compiler to the order that is written here.
 * <li>A lane is a method of its own. With the loop over the lanes around it, the compiler kept addresses on the stack and
 * carried values from one register to another in each round, which took 3 hundredths.
 * <li>The loop ends at an inequality: in a loop that the compiler can count it takes the checks out of the rounds, but makes
 * all of them, one by one, before the first. A lane of 12 rounds took longer for it.
 * <li>A round takes four groups. With eight the compiler takes more than twice as long, and the loop as long as now.
 * <li>Three vectors of outputs and four rows need as many multiply-adds and one load less, but no register would be spare, and
 * sums went through memory, fences or not.
 * </ul>
 */
final class PanamaTile6x2 {
    private static final long SLOT = VectorWidth.LANES * Float.BYTES;

    private PanamaTile6x2() {}

    /** See {@link PanamaTile#multiply}. */
    static void multiply(float[] x, int xAt, float[] w, int wAt, int groups, MemorySegment sums) {
        int xLane = PanamaPacking.laneFloats(groups);
        int wLane = groups * OUTS;
        for (int lane = 0; lane < LANES; lane++) {
            int xi = xAt + lane * xLane;
            lane(x, xi, xi + groups * ROWS, w, wAt + lane * wLane, sums, lane * 12 * SLOT);
        }
    }

    /**
     * Computes one lane's sums.
     *
     * @param x panels of activations, of which the lane has those from {@code xi} to {@code end}
     * @param w panels of weights, of which the lane has those from {@code at}
     * @param to where the sums go, in bytes
     */
    private static void lane(float[] x, int xi, int end, float[] w, int at, MemorySegment sums, long to) {
        sums.isNative(); // for the compiler: see PanamaKernels
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector b0 = FloatVector.zero(FLOATS);
        FloatVector a1 = FloatVector.zero(FLOATS);
        FloatVector b1 = FloatVector.zero(FLOATS);
        FloatVector a2 = FloatVector.zero(FLOATS);
        FloatVector b2 = FloatVector.zero(FLOATS);
        FloatVector a3 = FloatVector.zero(FLOATS);
        FloatVector b3 = FloatVector.zero(FLOATS);
        FloatVector a4 = FloatVector.zero(FLOATS);
        FloatVector b4 = FloatVector.zero(FLOATS);
        FloatVector a5 = FloatVector.zero(FLOATS);
        FloatVector b5 = FloatVector.zero(FLOATS);
        while (xi != end) {
            FloatVector wa0 = FloatVector.fromArray(FLOATS, w, at);
            FloatVector wb0 = FloatVector.fromArray(FLOATS, w, at + VectorWidth.LANES);
            FloatVector e00 = FloatVector.broadcast(FLOATS, x[xi]);
            a0 = wa0.fma(e00, a0);
            b0 = wb0.fma(e00, b0);
            VarHandle.loadLoadFence();
            FloatVector e01 = FloatVector.broadcast(FLOATS, x[xi + 1]);
            a1 = wa0.fma(e01, a1);
            b1 = wb0.fma(e01, b1);
            VarHandle.loadLoadFence();
            FloatVector e02 = FloatVector.broadcast(FLOATS, x[xi + 2]);
            a2 = wa0.fma(e02, a2);
            b2 = wb0.fma(e02, b2);
            VarHandle.loadLoadFence();
            FloatVector e03 = FloatVector.broadcast(FLOATS, x[xi + 3]);
            a3 = wa0.fma(e03, a3);
            b3 = wb0.fma(e03, b3);
            VarHandle.loadLoadFence();
            FloatVector e04 = FloatVector.broadcast(FLOATS, x[xi + 4]);
            a4 = wa0.fma(e04, a4);
            b4 = wb0.fma(e04, b4);
            VarHandle.loadLoadFence();
            FloatVector e05 = FloatVector.broadcast(FLOATS, x[xi + 5]);
            a5 = wa0.fma(e05, a5);
            b5 = wb0.fma(e05, b5);
            VarHandle.loadLoadFence();
            FloatVector wa1 = FloatVector.fromArray(FLOATS, w, at + 2 * VectorWidth.LANES);
            FloatVector wb1 = FloatVector.fromArray(FLOATS, w, at + 3 * VectorWidth.LANES);
            FloatVector e10 = FloatVector.broadcast(FLOATS, x[xi + 6]);
            a0 = wa1.fma(e10, a0);
            b0 = wb1.fma(e10, b0);
            VarHandle.loadLoadFence();
            FloatVector e11 = FloatVector.broadcast(FLOATS, x[xi + 7]);
            a1 = wa1.fma(e11, a1);
            b1 = wb1.fma(e11, b1);
            VarHandle.loadLoadFence();
            FloatVector e12 = FloatVector.broadcast(FLOATS, x[xi + 8]);
            a2 = wa1.fma(e12, a2);
            b2 = wb1.fma(e12, b2);
            VarHandle.loadLoadFence();
            FloatVector e13 = FloatVector.broadcast(FLOATS, x[xi + 9]);
            a3 = wa1.fma(e13, a3);
            b3 = wb1.fma(e13, b3);
            VarHandle.loadLoadFence();
            FloatVector e14 = FloatVector.broadcast(FLOATS, x[xi + 10]);
            a4 = wa1.fma(e14, a4);
            b4 = wb1.fma(e14, b4);
            VarHandle.loadLoadFence();
            FloatVector e15 = FloatVector.broadcast(FLOATS, x[xi + 11]);
            a5 = wa1.fma(e15, a5);
            b5 = wb1.fma(e15, b5);
            VarHandle.loadLoadFence();
            FloatVector wa2 = FloatVector.fromArray(FLOATS, w, at + 4 * VectorWidth.LANES);
            FloatVector wb2 = FloatVector.fromArray(FLOATS, w, at + 5 * VectorWidth.LANES);
            FloatVector e20 = FloatVector.broadcast(FLOATS, x[xi + 12]);
            a0 = wa2.fma(e20, a0);
            b0 = wb2.fma(e20, b0);
            VarHandle.loadLoadFence();
            FloatVector e21 = FloatVector.broadcast(FLOATS, x[xi + 13]);
            a1 = wa2.fma(e21, a1);
            b1 = wb2.fma(e21, b1);
            VarHandle.loadLoadFence();
            FloatVector e22 = FloatVector.broadcast(FLOATS, x[xi + 14]);
            a2 = wa2.fma(e22, a2);
            b2 = wb2.fma(e22, b2);
            VarHandle.loadLoadFence();
            FloatVector e23 = FloatVector.broadcast(FLOATS, x[xi + 15]);
            a3 = wa2.fma(e23, a3);
            b3 = wb2.fma(e23, b3);
            VarHandle.loadLoadFence();
            FloatVector e24 = FloatVector.broadcast(FLOATS, x[xi + 16]);
            a4 = wa2.fma(e24, a4);
            b4 = wb2.fma(e24, b4);
            VarHandle.loadLoadFence();
            FloatVector e25 = FloatVector.broadcast(FLOATS, x[xi + 17]);
            a5 = wa2.fma(e25, a5);
            b5 = wb2.fma(e25, b5);
            VarHandle.loadLoadFence();
            FloatVector wa3 = FloatVector.fromArray(FLOATS, w, at + 6 * VectorWidth.LANES);
            FloatVector wb3 = FloatVector.fromArray(FLOATS, w, at + 7 * VectorWidth.LANES);
            FloatVector e30 = FloatVector.broadcast(FLOATS, x[xi + 18]);
            a0 = wa3.fma(e30, a0);
            b0 = wb3.fma(e30, b0);
            VarHandle.loadLoadFence();
            FloatVector e31 = FloatVector.broadcast(FLOATS, x[xi + 19]);
            a1 = wa3.fma(e31, a1);
            b1 = wb3.fma(e31, b1);
            VarHandle.loadLoadFence();
            FloatVector e32 = FloatVector.broadcast(FLOATS, x[xi + 20]);
            a2 = wa3.fma(e32, a2);
            b2 = wb3.fma(e32, b2);
            VarHandle.loadLoadFence();
            FloatVector e33 = FloatVector.broadcast(FLOATS, x[xi + 21]);
            a3 = wa3.fma(e33, a3);
            b3 = wb3.fma(e33, b3);
            VarHandle.loadLoadFence();
            FloatVector e34 = FloatVector.broadcast(FLOATS, x[xi + 22]);
            a4 = wa3.fma(e34, a4);
            b4 = wb3.fma(e34, b4);
            VarHandle.loadLoadFence();
            FloatVector e35 = FloatVector.broadcast(FLOATS, x[xi + 23]);
            a5 = wa3.fma(e35, a5);
            b5 = wb3.fma(e35, b5);
            xi += 4 * ROWS;
            at += 4 * OUTS;
        }
        a0.intoMemorySegment(sums, to, LITTLE_ENDIAN);
        b0.intoMemorySegment(sums, to + SLOT, LITTLE_ENDIAN);
        a1.intoMemorySegment(sums, to + 2 * SLOT, LITTLE_ENDIAN);
        b1.intoMemorySegment(sums, to + 3 * SLOT, LITTLE_ENDIAN);
        a2.intoMemorySegment(sums, to + 4 * SLOT, LITTLE_ENDIAN);
        b2.intoMemorySegment(sums, to + 5 * SLOT, LITTLE_ENDIAN);
        a3.intoMemorySegment(sums, to + 6 * SLOT, LITTLE_ENDIAN);
        b3.intoMemorySegment(sums, to + 7 * SLOT, LITTLE_ENDIAN);
        a4.intoMemorySegment(sums, to + 8 * SLOT, LITTLE_ENDIAN);
        b4.intoMemorySegment(sums, to + 9 * SLOT, LITTLE_ENDIAN);
        a5.intoMemorySegment(sums, to + 10 * SLOT, LITTLE_ENDIAN);
        b5.intoMemorySegment(sums, to + 11 * SLOT, LITTLE_ENDIAN);
    }
}
