package io.github.mamba4j.kernels.scan;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static jdk.incubator.vector.VectorOperators.LSHL;

import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.linear.VectorScratch;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.Rows;
import io.github.mamba4j.kernels.math.ScalarMath;
import io.github.mamba4j.kernels.math.VectorMath;
import io.github.mamba4j.kernels.math.VectorRows;
import jdk.incubator.vector.FloatVector;

/**
 * {@link SelectiveScan} on the Vector API, with a channel in each vector lane: no sum crosses lanes, B and C are the same for all lanes, and
 * the states of a vector of channels stay in registers while time passes.
 *
 * <p>That goes down columns, a cache line of each row at a time, which memory is slow at. So the rows of a chunk of time
 * and a block of channels are first read along, on to planes that stay in the cache, and what the columns leave there is
 * written along again:
 *
 * <pre>
 * steps    dt = softplus(dt + bias);  planes: dt and dt * u
 * half     plane:  sum over the states              in two halves of 8 states for d_state 16
 * gate     y = fma(D, u, sum) * silu(z)
 * </pre>
 *
 * The sum over 16 states is a canonical dot product whose lanes have one term each. Its fold adds states 8 apart first,
 * then 4, 2 and 1: so the even states make one half of the last addition and the odd states the other, and each half
 * is computed with its 8 states in registers.
 */
final class PanamaSelectiveScan implements SelectiveScan {
    /** Rows of a chunk. */
    private static final int CHUNK = 64;
    /** Channels of a block. */
    private static final int BLOCK = Scratch.ROW;
    /** A row of a plane; a power of two would put all rows into the same few places of the cache. */
    private static final int ROW = BLOCK + 16;
    /** Where the planes begin: dt, dt * u, and the sums over the states. */
    private static final int STEPS = 0;
    private static final int INPUTS = CHUNK * ROW;
    private static final int SUMS = 2 * CHUNK * ROW;
    /** The number of states with a loop of its own. */
    private static final int STATES = 16;
    private static final int LANES = VectorWidth.LANES;
    private static final int DECAY_SHIFT = 23;

    @Override
    public void scan(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rowCount, int channelFrom,
            int channelTo, Scratch scratch) {
        io.check(p, h, firstRow, rowCount, channelFrom, channelTo);
        VectorScratch vectors = scratch.vectors();
        int vectorFrom = vectorFrom(channelFrom, channelTo);
        int vectorTo = vectorFrom + FLOATS.loopBound(channelTo - vectorFrom);
        for (int r = firstRow; r < firstRow + rowCount; r += CHUNK) {
            int rows = Math.min(CHUNK, firstRow + rowCount - r);
            for (int c = vectorFrom; c < vectorTo; c += BLOCK) {
                block(p, io, h, r, rows, c, Math.min(c + BLOCK, vectorTo), vectors);
            }
        }
        for (int c = channelFrom; c < vectorFrom; c++) {
            ScalarSelectiveScan.scanChannel(p, io, h, firstRow, rowCount, c, scratch.row());
        }
        for (int c = vectorTo; c < channelTo; c++) {
            ScalarSelectiveScan.scanChannel(p, io, h, firstRow, rowCount, c, scratch.row());
        }
    }

    /** The first channel of a range from which on vectors lie within the blocks of {@link ScanLayout}. */
    private static int vectorFrom(int channelFrom, int channelTo) {
        return Math.min(Math.ceilDiv(channelFrom, LANES) * LANES, channelTo);
    }

    /** A chunk of time of a block of channels. */
    private static void block(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rows, int from, int to,
            VectorScratch scratch) {
        float[] planes = scratch.stage();
        steps(p, io, firstRow, rows, from, to - from, planes);
        for (int c = from; c < to; c += LANES) {
            if (p.dState() == STATES) {
                half(p, io, h, 0, firstRow, rows, c, planes, c - from, scratch.row());
                half(p, io, h, 1, firstRow, rows, c, planes, c - from, scratch.row());
            } else {
                anyStates(p, io, h, firstRow, rows, c, planes, c - from, scratch.row());
            }
        }
        gate(p, io, firstRow, rows, from, to - from, planes, scratch.row());
    }

    /** {@code dt = softplus(dt + bias)}, to its plane as well; {@code dt * u} to another. */
    private static void steps(ScanParameters p, ScanBuffers io, int firstRow, int rows, int from, int n,
            float[] planes) {
        for (int i = 0; i < rows; i++) {
            int at = io.dt().index(firstRow + i, from);
            VectorRows.add(p.dtBias(), from, io.dt().data(), at, n);
            VectorMath.softplus(io.dt().data(), at, n);
            VectorRows.copyAndMultiply(io.dt().data(), at, io.u().data(), at, planes, STEPS + i * ROW, INPUTS + i * ROW,
                    n);
        }
    }

    /** {@code y = fma(d, u, sum) * silu(z)}. */
    private static void gate(ScanParameters p, ScanBuffers io, int firstRow, int rows, int from, int n, float[] planes,
            float[] temporary) {
        for (int i = 0; i < rows; i++) {
            int at = io.y().index(firstRow + i, from);
            VectorMath.silu(io.z().data(), io.z().index(firstRow + i, io.zCol() + from), temporary, 0, n);
            VectorRows.multiplyAddAndGate(p.d(), from, io.u().data(), at, planes, SUMS + i * ROW, temporary,
                    io.y().data(), at, n);
        }
    }

    /**
     * The recurrence and half of the sum for d_state 16, for one vector of channels.
     *
     * @param odd 0 for the even states, whose sum is stored; 1 for the odd ones, whose sum is added to it
     */
    private static void half(ScanParameters p, ScanBuffers io, float[] h, int odd, int firstRow, int rows, int c,
            float[] planes, int at, float[] decays) {
        int first = p.layout().index(odd, c);
        int two = 2 * p.layout().distance(c);
        for (int n = 0; n < STATES / 2; n++) {
            FloatVector.fromArray(FLOATS, p.aLog2e(), first + n * two).intoArray(decays, n * LANES);
        }
        halfOfVector(decays, h, first, two, planes, at, io.bc().data(),
                io.bc().index(firstRow, io.bCol() + odd), io.cCol() - io.bCol(), io.bc().cols(), rows, odd != 0);
    }

    /**
     * The loop over time. States are named by half their number, so that even and odd ones are the same code. Four of them
     * go through each operation together: a state by itself is one long chain of operations that wait for each other, and
     * the processor looks ahead only so far for others.
     */
    private static void halfOfVector(float[] decays, float[] h, int hAt, int two, float[] planes, int at, float[] bc,
            int bAt, int cDistance, int bcCols, int rows, boolean add) {
        FloatVector h0 = FloatVector.fromArray(FLOATS, h, hAt + 0 * two);
        FloatVector h1 = FloatVector.fromArray(FLOATS, h, hAt + 1 * two);
        FloatVector h2 = FloatVector.fromArray(FLOATS, h, hAt + 2 * two);
        FloatVector h3 = FloatVector.fromArray(FLOATS, h, hAt + 3 * two);
        FloatVector h4 = FloatVector.fromArray(FLOATS, h, hAt + 4 * two);
        FloatVector h5 = FloatVector.fromArray(FLOATS, h, hAt + 5 * two);
        FloatVector h6 = FloatVector.fromArray(FLOATS, h, hAt + 6 * two);
        FloatVector h7 = FloatVector.fromArray(FLOATS, h, hAt + 7 * two);
        FloatVector round = FloatVector.broadcast(FLOATS, ScalarMath.ROUND);
        FloatVector p1 = FloatVector.broadcast(FLOATS, ScalarMath.EXP2_1);
        FloatVector p2 = FloatVector.broadcast(FLOATS, ScalarMath.EXP2_2);
        FloatVector p3 = FloatVector.broadcast(FLOATS, ScalarMath.EXP2_3);
        FloatVector p4 = FloatVector.broadcast(FLOATS, ScalarMath.EXP2_4);
        FloatVector p5 = FloatVector.broadcast(FLOATS, ScalarMath.EXP2_5);
        FloatVector one = FloatVector.broadcast(FLOATS, 1f);
        FloatVector zero = FloatVector.zero(FLOATS);
        for (int t = 0; t < rows; t++) {
            int row = at + t * ROW;
            int b = bAt + t * bcCols;
            FloatVector step = FloatVector.fromArray(FLOATS, planes, STEPS + row);
            FloatVector in = FloatVector.fromArray(FLOATS, planes, INPUTS + row);
            FloatVector v0 = FloatVector.fromArray(FLOATS, decays, 0 * LANES).mul(step).reinterpretAsInts()
                    .min(ScalarMath.DECAY_MIN_BITS).reinterpretAsFloats();
            FloatVector v4 = FloatVector.fromArray(FLOATS, decays, 4 * LANES).mul(step).reinterpretAsInts()
                    .min(ScalarMath.DECAY_MIN_BITS).reinterpretAsFloats();
            FloatVector v2 = FloatVector.fromArray(FLOATS, decays, 2 * LANES).mul(step).reinterpretAsInts()
                    .min(ScalarMath.DECAY_MIN_BITS).reinterpretAsFloats();
            FloatVector v6 = FloatVector.fromArray(FLOATS, decays, 6 * LANES).mul(step).reinterpretAsInts()
                    .min(ScalarMath.DECAY_MIN_BITS).reinterpretAsFloats();
            FloatVector t0 = v0.add(round);
            FloatVector t4 = v4.add(round);
            FloatVector t2 = v2.add(round);
            FloatVector t6 = v6.add(round);
            FloatVector f0 = v0.sub(t0.sub(round));
            FloatVector f4 = v4.sub(t4.sub(round));
            FloatVector f2 = v2.sub(t2.sub(round));
            FloatVector f6 = v6.sub(t6.sub(round));
            FloatVector e0 = p5.fma(f0, p4);
            FloatVector e4 = p5.fma(f4, p4);
            FloatVector e2 = p5.fma(f2, p4);
            FloatVector e6 = p5.fma(f6, p4);
            e0 = e0.fma(f0, p3);
            e4 = e4.fma(f4, p3);
            e2 = e2.fma(f2, p3);
            e6 = e6.fma(f6, p3);
            e0 = e0.fma(f0, p2);
            e4 = e4.fma(f4, p2);
            e2 = e2.fma(f2, p2);
            e6 = e6.fma(f6, p2);
            e0 = e0.fma(f0, p1);
            e4 = e4.fma(f4, p1);
            e2 = e2.fma(f2, p1);
            e6 = e6.fma(f6, p1);
            e0 = e0.fma(f0, one);
            e4 = e4.fma(f4, one);
            e2 = e2.fma(f2, one);
            e6 = e6.fma(f6, one);
            h0 = e0.reinterpretAsInts().add(t0.reinterpretAsInts().lanewise(LSHL, DECAY_SHIFT)).reinterpretAsFloats()
                    .fma(h0, in.mul(bc[b + 0]));
            h4 = e4.reinterpretAsInts().add(t4.reinterpretAsInts().lanewise(LSHL, DECAY_SHIFT)).reinterpretAsFloats()
                    .fma(h4, in.mul(bc[b + 8]));
            h2 = e2.reinterpretAsInts().add(t2.reinterpretAsInts().lanewise(LSHL, DECAY_SHIFT)).reinterpretAsFloats()
                    .fma(h2, in.mul(bc[b + 4]));
            h6 = e6.reinterpretAsInts().add(t6.reinterpretAsInts().lanewise(LSHL, DECAY_SHIFT)).reinterpretAsFloats()
                    .fma(h6, in.mul(bc[b + 12]));
            FloatVector v1 = FloatVector.fromArray(FLOATS, decays, 1 * LANES).mul(step).reinterpretAsInts()
                    .min(ScalarMath.DECAY_MIN_BITS).reinterpretAsFloats();
            FloatVector v5 = FloatVector.fromArray(FLOATS, decays, 5 * LANES).mul(step).reinterpretAsInts()
                    .min(ScalarMath.DECAY_MIN_BITS).reinterpretAsFloats();
            FloatVector v3 = FloatVector.fromArray(FLOATS, decays, 3 * LANES).mul(step).reinterpretAsInts()
                    .min(ScalarMath.DECAY_MIN_BITS).reinterpretAsFloats();
            FloatVector v7 = FloatVector.fromArray(FLOATS, decays, 7 * LANES).mul(step).reinterpretAsInts()
                    .min(ScalarMath.DECAY_MIN_BITS).reinterpretAsFloats();
            FloatVector t1 = v1.add(round);
            FloatVector t5 = v5.add(round);
            FloatVector t3 = v3.add(round);
            FloatVector t7 = v7.add(round);
            FloatVector f1 = v1.sub(t1.sub(round));
            FloatVector f5 = v5.sub(t5.sub(round));
            FloatVector f3 = v3.sub(t3.sub(round));
            FloatVector f7 = v7.sub(t7.sub(round));
            FloatVector e1 = p5.fma(f1, p4);
            FloatVector e5 = p5.fma(f5, p4);
            FloatVector e3 = p5.fma(f3, p4);
            FloatVector e7 = p5.fma(f7, p4);
            e1 = e1.fma(f1, p3);
            e5 = e5.fma(f5, p3);
            e3 = e3.fma(f3, p3);
            e7 = e7.fma(f7, p3);
            e1 = e1.fma(f1, p2);
            e5 = e5.fma(f5, p2);
            e3 = e3.fma(f3, p2);
            e7 = e7.fma(f7, p2);
            e1 = e1.fma(f1, p1);
            e5 = e5.fma(f5, p1);
            e3 = e3.fma(f3, p1);
            e7 = e7.fma(f7, p1);
            e1 = e1.fma(f1, one);
            e5 = e5.fma(f5, one);
            e3 = e3.fma(f3, one);
            e7 = e7.fma(f7, one);
            h1 = e1.reinterpretAsInts().add(t1.reinterpretAsInts().lanewise(LSHL, DECAY_SHIFT)).reinterpretAsFloats()
                    .fma(h1, in.mul(bc[b + 2]));
            h5 = e5.reinterpretAsInts().add(t5.reinterpretAsInts().lanewise(LSHL, DECAY_SHIFT)).reinterpretAsFloats()
                    .fma(h5, in.mul(bc[b + 10]));
            h3 = e3.reinterpretAsInts().add(t3.reinterpretAsInts().lanewise(LSHL, DECAY_SHIFT)).reinterpretAsFloats()
                    .fma(h3, in.mul(bc[b + 6]));
            h7 = e7.reinterpretAsInts().add(t7.reinterpretAsInts().lanewise(LSHL, DECAY_SHIFT)).reinterpretAsFloats()
                    .fma(h7, in.mul(bc[b + 14]));
            FloatVector y0 = h0.fma(FloatVector.broadcast(FLOATS, bc[b + cDistance + 0]), zero);
            FloatVector y4 = h4.fma(FloatVector.broadcast(FLOATS, bc[b + cDistance + 8]), zero);
            FloatVector y2 = h2.fma(FloatVector.broadcast(FLOATS, bc[b + cDistance + 4]), zero);
            FloatVector y6 = h6.fma(FloatVector.broadcast(FLOATS, bc[b + cDistance + 12]), zero);
            FloatVector y1 = h1.fma(FloatVector.broadcast(FLOATS, bc[b + cDistance + 2]), zero);
            FloatVector y5 = h5.fma(FloatVector.broadcast(FLOATS, bc[b + cDistance + 10]), zero);
            FloatVector y3 = h3.fma(FloatVector.broadcast(FLOATS, bc[b + cDistance + 6]), zero);
            FloatVector y7 = h7.fma(FloatVector.broadcast(FLOATS, bc[b + cDistance + 14]), zero);
            FloatVector sum = y0.add(y4).add(y2.add(y6)).add(y1.add(y5).add(y3.add(y7)));
            if (add) {
                sum = FloatVector.fromArray(FLOATS, planes, SUMS + row).add(sum);
            }
            sum.intoArray(planes, SUMS + row);
        }
        h0.intoArray(h, hAt + 0 * two);
        h1.intoArray(h, hAt + 1 * two);
        h2.intoArray(h, hAt + 2 * two);
        h3.intoArray(h, hAt + 3 * two);
        h4.intoArray(h, hAt + 4 * two);
        h5.intoArray(h, hAt + 5 * two);
        h6.intoArray(h, hAt + 6 * two);
        h7.intoArray(h, hAt + 7 * two);
    }

    /** The recurrence and the sum for any number of states: states in memory, the 16 lanes of the sum too. */
    private static void anyStates(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rows, int c,
            float[] planes, int at, float[] lanes) {
        for (int i = 0; i < rows; i++) {
            int row = at + i * ROW;
            advance(p, h, c, planes, row, io.bc().data(), io.bc().index(firstRow + i, io.bCol()),
                    io.bc().index(firstRow + i, io.cCol()), lanes);
            foldLanes(lanes, p.dState(), planes, SUMS + row);
        }
    }

    private static void advance(ScanParameters p, float[] h, int c, float[] planes, int row, float[] bc, int bAt,
            int cAt, float[] lanes) {
        FloatVector step = FloatVector.fromArray(FLOATS, planes, STEPS + row);
        FloatVector in = FloatVector.fromArray(FLOATS, planes, INPUTS + row);
        FloatVector round = FloatVector.broadcast(FLOATS, ScalarMath.ROUND);
        int states = p.layout().index(0, c);
        int distance = p.layout().distance(c);
        for (int j = 0; j < DotProduct.LANES; j++) {
            FloatVector.zero(FLOATS).intoArray(lanes, j * FLOATS.length());
        }
        for (int n = 0; n < p.dState(); n++) {
            int nc = states + n * distance;
            FloatVector v = FloatVector.fromArray(FLOATS, p.aLog2e(), nc).mul(step).reinterpretAsInts()
                    .min(ScalarMath.DECAY_MIN_BITS).reinterpretAsFloats();
            FloatVector t = v.add(round);
            FloatVector f = v.sub(t.sub(round));
            FloatVector e = f.fma(FloatVector.broadcast(FLOATS, ScalarMath.EXP2_5),
                    FloatVector.broadcast(FLOATS, ScalarMath.EXP2_4));
            e = e.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.EXP2_3));
            e = e.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.EXP2_2));
            e = e.fma(f, FloatVector.broadcast(FLOATS, ScalarMath.EXP2_1));
            e = e.fma(f, FloatVector.broadcast(FLOATS, 1f));
            FloatVector state = e.reinterpretAsInts().add(t.reinterpretAsInts().lanewise(LSHL, DECAY_SHIFT))
                    .reinterpretAsFloats().fma(FloatVector.fromArray(FLOATS, h, nc), in.mul(bc[bAt + n]));
            state.intoArray(h, nc);
            int lane = n % DotProduct.LANES * FLOATS.length();
            state.fma(FloatVector.broadcast(FLOATS, bc[cAt + n]), FloatVector.fromArray(FLOATS, lanes, lane))
                    .intoArray(lanes, lane);
        }
    }

    /** Pads the dot product with zeros and folds it: each lane of it is a vector of channels. */
    private static void foldLanes(float[] lanes, int dState, float[] y, int at) {
        int width = FLOATS.length();
        for (int n = dState; n % DotProduct.LANES != 0; n++) {
            int lane = n % DotProduct.LANES * width;
            FloatVector.fromArray(FLOATS, lanes, lane).add(0f).intoArray(lanes, lane);
        }
        for (int half = DotProduct.LANES / 2; half > 0; half /= 2) {
            for (int j = 0; j < half; j++) {
                FloatVector.fromArray(FLOATS, lanes, j * width)
                        .add(FloatVector.fromArray(FLOATS, lanes, (j + half) * width)).intoArray(lanes, j * width);
            }
        }
        FloatVector.fromArray(FLOATS, lanes, 0).intoArray(y, at);
    }
}
