package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.linear.Tile.OUTS;
import static io.github.mamba4j.kernels.linear.Tile.ROWS;
import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.math.DotProduct.LANES;

import io.github.mamba4j.kernels.machine.VectorWidth;
import java.lang.invoke.VarHandle;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Tile}'s sums for processors with 16 vector registers: 12 of them hold sums, 2 weights, and one an element of a
 * row.
 *
 * <p>Why it is written like this:
 *
 * <ul>
 * <li>The weights are in an array, and the sums in another. Indices of an array are checked once for all of a round; offsets
 * into a segment are checked one by one, which was a fifth of all instructions.
 * <li>Without those checks, however, the compiler would bring forward the loads of a whole round. There are not nearly as
 * many registers, so that sums would go through memory, which takes twice the time. Loads do not pass a fence between loads,
 * and on x86 that fence is no instruction: it only keeps the compiler to the order that is written here.
 * <li>A lane is a method of its own. With the loop over the lanes around it, the compiler kept addresses on the stack and
 * carried values from one register to another in each round, which took 3 hundredths.
 * <li>Sums are added up at the ends of the lanes, while they are in registers. Added up when all lanes were done, in a loop
 * of its own, they took up to three times what that loop takes by itself, and whole products a hundredth longer. With lanes in
 * the order in which fewer sums wait, 0, 8, 4, 12, and so on, products took 7 hundredths longer.
 * <li>The loop ends at an inequality: in a loop that the compiler can count it takes the checks out of the rounds, but makes
 * all of them, one by one, before the first. A lane of 12 rounds took longer for it.
 * <li>A round takes four groups. With eight the compiler takes more than twice as long, and the loop as long as now.
 * <li>Three vectors of outputs and four rows need as many multiply-adds and one load less, but no register would be spare, and
 * sums went through memory, fences or not.
 * </ul>
 */
final class Tile6x2 {
    private static final int WIDTH = VectorWidth.LANES;
    /** Floats of one lane's sums. */
    private static final int PART = ROWS * OUTS;
    /** Room for sums: half of the lanes wait for the other half. */
    static final int SUMS = LANES / 2 * PART;

    private Tile6x2() {}

    /**
     * The distance of lanes in a panel of weights. Where matrices are a power of two wide, lanes that follow each other at once
     * would be a power of two apart, and go to the same few places of a cache: packing took up to 1.7 times as long.
     */
    static int laneFloats(int groups) {
        return (groups + 1) * OUTS;
    }

    /**
     * Computes a tile: {@code [rows][outputs]}, at the beginning of {@code sums}.
     *
     * @param x panels of activations
     * @param xAt where the tile's panel begins
     * @param w panels of weights
     * @param wAt where the tile's panel begins
     * @param groups groups of the summed dimension
     * @param sums room for {@link #SUMS} floats
     */
    static void multiply(float[] x, int xAt, float[] w, int wAt, int groups, float[] sums) {
        int xLane = Packing.laneFloats(groups);
        int wLane = laneFloats(groups);
        for (int lane = 0; lane < LANES; lane++) {
            int xi = xAt + lane * xLane;
            lane(lane, x, xi, xi + groups * ROWS, w, wAt + lane * wLane, sums);
        }
    }

    /**
     * Computes one lane's sums, and adds them to what waits for them: lane 14's to those of 6, of 2 and 10, and of 0, 8, 4 and
     * 12.
     *
     * @param x panels of activations, of which the lane has those from {@code xi} to {@code end}
     * @param w panels of weights, of which the lane has those from {@code at}
     */
    private static void lane(int lane, float[] x, int xi, int end, float[] w, int at, float[] sums) {
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
            FloatVector wb0 = FloatVector.fromArray(FLOATS, w, at + WIDTH);
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
            FloatVector wa1 = FloatVector.fromArray(FLOATS, w, at + 2 * WIDTH);
            FloatVector wb1 = FloatVector.fromArray(FLOATS, w, at + 3 * WIDTH);
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
            FloatVector wa2 = FloatVector.fromArray(FLOATS, w, at + 4 * WIDTH);
            FloatVector wb2 = FloatVector.fromArray(FLOATS, w, at + 5 * WIDTH);
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
            FloatVector wa3 = FloatVector.fromArray(FLOATS, w, at + 6 * WIDTH);
            FloatVector wb3 = FloatVector.fromArray(FLOATS, w, at + 7 * WIDTH);
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
        int place = lane;
        for (int half = LANES / 2; (place & half) != 0; half /= 2) {
            place -= half;
            int from = place * PART;
            a0 = FloatVector.fromArray(FLOATS, sums, from).add(a0);
            b0 = FloatVector.fromArray(FLOATS, sums, from + WIDTH).add(b0);
            a1 = FloatVector.fromArray(FLOATS, sums, from + 2 * WIDTH).add(a1);
            b1 = FloatVector.fromArray(FLOATS, sums, from + 3 * WIDTH).add(b1);
            a2 = FloatVector.fromArray(FLOATS, sums, from + 4 * WIDTH).add(a2);
            b2 = FloatVector.fromArray(FLOATS, sums, from + 5 * WIDTH).add(b2);
            a3 = FloatVector.fromArray(FLOATS, sums, from + 6 * WIDTH).add(a3);
            b3 = FloatVector.fromArray(FLOATS, sums, from + 7 * WIDTH).add(b3);
            a4 = FloatVector.fromArray(FLOATS, sums, from + 8 * WIDTH).add(a4);
            b4 = FloatVector.fromArray(FLOATS, sums, from + 9 * WIDTH).add(b4);
            a5 = FloatVector.fromArray(FLOATS, sums, from + 10 * WIDTH).add(a5);
            b5 = FloatVector.fromArray(FLOATS, sums, from + 11 * WIDTH).add(b5);
        }
        int to = place * PART;
        a0.intoArray(sums, to);
        b0.intoArray(sums, to + WIDTH);
        a1.intoArray(sums, to + 2 * WIDTH);
        b1.intoArray(sums, to + 3 * WIDTH);
        a2.intoArray(sums, to + 4 * WIDTH);
        b2.intoArray(sums, to + 5 * WIDTH);
        a3.intoArray(sums, to + 6 * WIDTH);
        b3.intoArray(sums, to + 7 * WIDTH);
        a4.intoArray(sums, to + 8 * WIDTH);
        b4.intoArray(sums, to + 9 * WIDTH);
        a5.intoArray(sums, to + 10 * WIDTH);
        b5.intoArray(sums, to + 11 * WIDTH);
    }
}
