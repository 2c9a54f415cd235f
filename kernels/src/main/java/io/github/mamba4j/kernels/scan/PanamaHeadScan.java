package io.github.mamba4j.kernels.scan;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.VectorMath;
import io.github.mamba4j.kernels.math.VectorRows;
import jdk.incubator.vector.FloatVector;

/**
 * {@link HeadScan} on the Vector API, with a channel in each vector lane: no sum crosses lanes, and the decay, B and C
 * are the same for all of them.
 *
 * <p>A chunk of time goes to planes that stay in the cache, and each head then walks it with a few states at a time,
 * eight if there are as many, which stay in registers while time passes. They are states of one lane of the dot
 * product, so that what is added up of them needs no other register, and most often is the whole lane:
 *
 * <pre>
 * stage    plane:  B and C of a group, states in the order of {@link HeadLayout}
 * inputs   planes: the decay of a head, and dt * x
 * eight    plane:  the 16 lanes of the dot product, a vector of channels each
 * fold     plane:  the dot product, in the place of dt * x
 * output   y = fma(D, x, dot product)
 * </pre>
 */
final class PanamaHeadScan implements HeadScan {
    /** Rows of a chunk. */
    private static final int CHUNK = 32;
    /** The most states and channels that the planes have room for; beyond, the plain loops do the work. */
    private static final int MOST = 1024;
    private static final int SUM_LANES = DotProduct.LANES;
    private static final int LANES = VectorWidth.LANES;
    private static final int BLOCK = HeadLayout.BLOCK;

    /** Where the planes begin: decays, sums, dt * x, and B and C. */
    private static final int DECAYS = 0;
    private static final int SUMS = CHUNK;
    /** From a lane of the sums to the next. */
    private static final int SUM = CHUNK * LANES;
    private static final int INPUTS = SUMS + SUM_LANES * CHUNK * BLOCK;
    private static final int BC = INPUTS + CHUNK * MOST;

    private final HeadScan plain = new ScalarHeadScan();

    @Override
    public void scan(HeadScanParameters p, HeadScanBuffers io, float[] h, int firstRow, int rowCount, int headFrom,
            int headTo, Scratch scratch) {
        if (p.dState() > MOST || p.headDim() > MOST) {
            plain.scan(p, io, h, firstRow, rowCount, headFrom, headTo, scratch);
            return;
        }
        io.check(p, h, firstRow, rowCount, headFrom, headTo);
        float[] planes = scratch.vectors().stage();
        for (int r = firstRow; r < firstRow + rowCount; r += CHUNK) {
            int rows = Math.min(CHUNK, firstRow + rowCount - r);
            steps(p, io.dt(), r, rows, headFrom, headTo);
            int staged = -1;
            for (int head = headFrom; head < headTo; head++) {
                int group = head / p.headsPerGroup();
                if (group != staged) {
                    stage(io.xbc(), r, rows, p.bCol(group), p.dState(), planes, BC);
                    stage(io.xbc(), r, rows, p.cCol(group), p.dState(), planes, BC + p.dState());
                    staged = group;
                }
                head(p, io, h, r, rows, head, planes);
            }
        }
    }

    /** {@code dt = softplus(dt + bias)}, within the limits. */
    private static void steps(HeadScanParameters p, Activations dt, int firstRow, int rows, int from, int to) {
        for (int i = 0; i < rows; i++) {
            int at = dt.index(firstRow + i, from);
            VectorRows.add(p.dtBias(), from, dt.data(), at, to - from);
            VectorMath.softplus(dt.data(), at, to - from);
            for (int k = at; k < at + to - from; k++) {
                dt.data()[k] = p.clamp(dt.data()[k]);
            }
        }
    }

    /** Copies B or C to a plane, a row of which has both; the values of a lane are neighbours there. */
    private static void stage(Activations xbc, int firstRow, int rows, int col, int dState, float[] planes, int to) {
        for (int i = 0; i < rows; i++) {
            int from = xbc.index(firstRow + i, col);
            int at = to + i * 2 * dState;
            for (int lane = 0; lane < Math.min(SUM_LANES, dState); lane++) {
                for (int n = lane; n < dState; n += SUM_LANES) {
                    planes[at++] = xbc.data()[from + n];
                }
            }
        }
    }

    /** A chunk of time of one head. */
    private static void head(HeadScanParameters p, HeadScanBuffers io, float[] h, int firstRow, int rows, int head,
            float[] planes) {
        int width = HeadLayout.padded(p.headDim());
        inputs(p, io, firstRow, rows, head, width, planes);
        for (int c = 0; c < width; c += LANES) {
            int states = HeadLayout.index(width, p.dState(), head, c, 0);
            int in = INPUTS + c;
            sums(h, states, p.dState(), planes, in, width, rows);
            for (int t = 0; t < rows; t++) {
                LaneSums.pad(planes, SUMS + t * LANES, SUM, p.dState());
                // What they leave takes the place of the inputs.
                LaneSums.fold(planes, SUMS + t * LANES, SUM, in + t * width);
            }
        }
        output(p, io, firstRow, rows, head, width, planes);
    }

    private static void inputs(HeadScanParameters p, HeadScanBuffers io, int firstRow, int rows, int head, int width,
            float[] planes) {
        for (int i = 0; i < rows; i++) {
            float dt = io.dt().data()[io.dt().index(firstRow + i, head)];
            planes[DECAYS + i] = p.decay(head, dt);
            int to = INPUTS + i * width;
            VectorRows.scale(io.xbc().data(), io.xbc().index(firstRow + i, head * p.headDim()), dt, planes, to,
                    p.headDim());
            for (int k = to + p.headDim(); k < to + width; k++) {
                planes[k] = 0f;
            }
        }
    }

    /** The recurrence and the lanes of the dot product, for a vector of channels. */
    private static void sums(float[] h, int at, int dState, float[] planes, int in, int width, int rows) {
        int whole = dState / SUM_LANES;
        int rest = dState % SUM_LANES;
        if (whole == 0) {
            clear(planes, rows);
        }
        int i = 0;
        for (; i + 8 <= whole; i += 8) {
            eight(h, at, dState, i, planes, in, width, rows);
        }
        for (; i + 4 <= whole; i += 4) {
            four(h, at, dState, i, planes, in, width, rows);
        }
        for (; i < whole; i++) {
            one(h, at, dState, i, SUM_LANES, planes, in, width, rows);
        }
        if (rest > 0) {
            one(h, at, dState, i, rest, planes, in, width, rows);
        }
    }

    private static void clear(float[] planes, int rows) {
        for (int lane = 0; lane < SUM_LANES; lane++) {
            for (int t = 0; t < rows; t++) {
                FloatVector.zero(FLOATS).intoArray(planes, SUMS + lane * SUM + t * LANES);
            }
        }
    }

    /** Eight states of each lane, from the one that is {@code i} in it; the first of a lane begin its sum. */
    private static void eight(float[] h, int hAt, int dState, int i, float[] planes, int in, int width, int rows) {
        for (int lane = 0; lane < SUM_LANES; lane++) {
            int rank = HeadLayout.firstOfLane(lane, dState) + i;
            int at = hAt + rank * BLOCK;
            FloatVector h0 = FloatVector.fromArray(FLOATS, h, at);
            FloatVector h1 = FloatVector.fromArray(FLOATS, h, at + BLOCK);
            FloatVector h2 = FloatVector.fromArray(FLOATS, h, at + 2 * BLOCK);
            FloatVector h3 = FloatVector.fromArray(FLOATS, h, at + 3 * BLOCK);
            FloatVector h4 = FloatVector.fromArray(FLOATS, h, at + 4 * BLOCK);
            FloatVector h5 = FloatVector.fromArray(FLOATS, h, at + 5 * BLOCK);
            FloatVector h6 = FloatVector.fromArray(FLOATS, h, at + 6 * BLOCK);
            FloatVector h7 = FloatVector.fromArray(FLOATS, h, at + 7 * BLOCK);
            for (int t = 0; t < rows; t++) {
                int b = BC + t * 2 * dState + rank;
                int c = b + dState;
                int sumAt = SUMS + lane * SUM + t * LANES;
                FloatVector decay = FloatVector.broadcast(FLOATS, planes[DECAYS + t]);
                FloatVector u = FloatVector.fromArray(FLOATS, planes, in + t * width);
                FloatVector sum = i == 0 ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, planes, sumAt);
                h0 = decay.fma(h0, u.mul(planes[b]));
                h1 = decay.fma(h1, u.mul(planes[b + 1]));
                h2 = decay.fma(h2, u.mul(planes[b + 2]));
                h3 = decay.fma(h3, u.mul(planes[b + 3]));
                sum = h0.fma(FloatVector.broadcast(FLOATS, planes[c]), sum);
                sum = h1.fma(FloatVector.broadcast(FLOATS, planes[c + 1]), sum);
                sum = h2.fma(FloatVector.broadcast(FLOATS, planes[c + 2]), sum);
                sum = h3.fma(FloatVector.broadcast(FLOATS, planes[c + 3]), sum);
                h4 = decay.fma(h4, u.mul(planes[b + 4]));
                h5 = decay.fma(h5, u.mul(planes[b + 5]));
                h6 = decay.fma(h6, u.mul(planes[b + 6]));
                h7 = decay.fma(h7, u.mul(planes[b + 7]));
                sum = h4.fma(FloatVector.broadcast(FLOATS, planes[c + 4]), sum);
                sum = h5.fma(FloatVector.broadcast(FLOATS, planes[c + 5]), sum);
                sum = h6.fma(FloatVector.broadcast(FLOATS, planes[c + 6]), sum);
                h7.fma(FloatVector.broadcast(FLOATS, planes[c + 7]), sum).intoArray(planes, sumAt);
            }
            h0.intoArray(h, at);
            h1.intoArray(h, at + BLOCK);
            h2.intoArray(h, at + 2 * BLOCK);
            h3.intoArray(h, at + 3 * BLOCK);
            h4.intoArray(h, at + 4 * BLOCK);
            h5.intoArray(h, at + 5 * BLOCK);
            h6.intoArray(h, at + 6 * BLOCK);
            h7.intoArray(h, at + 7 * BLOCK);
        }
    }

    /** The same with four. */
    private static void four(float[] h, int hAt, int dState, int i, float[] planes, int in, int width, int rows) {
        for (int lane = 0; lane < SUM_LANES; lane++) {
            int rank = HeadLayout.firstOfLane(lane, dState) + i;
            int at = hAt + rank * BLOCK;
            FloatVector h0 = FloatVector.fromArray(FLOATS, h, at);
            FloatVector h1 = FloatVector.fromArray(FLOATS, h, at + BLOCK);
            FloatVector h2 = FloatVector.fromArray(FLOATS, h, at + 2 * BLOCK);
            FloatVector h3 = FloatVector.fromArray(FLOATS, h, at + 3 * BLOCK);
            for (int t = 0; t < rows; t++) {
                int b = BC + t * 2 * dState + rank;
                int c = b + dState;
                int sumAt = SUMS + lane * SUM + t * LANES;
                FloatVector decay = FloatVector.broadcast(FLOATS, planes[DECAYS + t]);
                FloatVector u = FloatVector.fromArray(FLOATS, planes, in + t * width);
                FloatVector sum = i == 0 ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, planes, sumAt);
                h0 = decay.fma(h0, u.mul(planes[b]));
                h1 = decay.fma(h1, u.mul(planes[b + 1]));
                h2 = decay.fma(h2, u.mul(planes[b + 2]));
                h3 = decay.fma(h3, u.mul(planes[b + 3]));
                sum = h0.fma(FloatVector.broadcast(FLOATS, planes[c]), sum);
                sum = h1.fma(FloatVector.broadcast(FLOATS, planes[c + 1]), sum);
                sum = h2.fma(FloatVector.broadcast(FLOATS, planes[c + 2]), sum);
                h3.fma(FloatVector.broadcast(FLOATS, planes[c + 3]), sum).intoArray(planes, sumAt);
            }
            h0.intoArray(h, at);
            h1.intoArray(h, at + BLOCK);
            h2.intoArray(h, at + 2 * BLOCK);
            h3.intoArray(h, at + 3 * BLOCK);
        }
    }

    /** The same with one, for the first lanes. */
    private static void one(float[] h, int hAt, int dState, int i, int lanes, float[] planes, int in, int width,
            int rows) {
        for (int lane = 0; lane < lanes; lane++) {
            int rank = HeadLayout.firstOfLane(lane, dState) + i;
            int at = hAt + rank * BLOCK;
            FloatVector h0 = FloatVector.fromArray(FLOATS, h, at);
            for (int t = 0; t < rows; t++) {
                int b = BC + t * 2 * dState + rank;
                int sumAt = SUMS + lane * SUM + t * LANES;
                FloatVector decay = FloatVector.broadcast(FLOATS, planes[DECAYS + t]);
                FloatVector u = FloatVector.fromArray(FLOATS, planes, in + t * width);
                FloatVector sum = i == 0 ? FloatVector.zero(FLOATS) : FloatVector.fromArray(FLOATS, planes, sumAt);
                h0 = decay.fma(h0, u.mul(planes[b]));
                h0.fma(FloatVector.broadcast(FLOATS, planes[b + dState]), sum).intoArray(planes, sumAt);
            }
            h0.intoArray(h, at);
        }
    }

    /** {@code y = fma(d, x, sum)}. */
    private static void output(HeadScanParameters p, HeadScanBuffers io, int firstRow, int rows, int head, int width,
            float[] planes) {
        for (int i = 0; i < rows; i++) {
            multiplyAdd(p.d()[head], io.xbc().data(), io.xbc().index(firstRow + i, head * p.headDim()), planes,
                    INPUTS + i * width, io.y().data(), io.y().index(firstRow + i, head * p.headDim()), p.headDim());
        }
    }

    private static void multiplyAdd(float d, float[] x, int xAt, float[] sum, int sumAt, float[] y, int yAt, int n) {
        FloatVector factor = FloatVector.broadcast(FLOATS, d);
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += LANES) {
            factor.fma(FloatVector.fromArray(FLOATS, x, xAt + i), FloatVector.fromArray(FLOATS, sum, sumAt + i))
                    .intoArray(y, yAt + i);
        }
        for (int i = whole; i < n; i++) {
            y[yAt + i] = Math.fma(d, x[xAt + i], sum[sumAt + i]);
        }
    }
}
