package io.github.mamba4j.kernels.scan;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.VectorSums;
import jdk.incubator.vector.FloatVector;

/**
 * {@link DeltaRule} on the Vector API, with a column of the state in each vector lane: no sum crosses lanes, and
 * queries, keys and gates are the same for all of them.
 *
 * <p>The state of a vector of columns fits the first-level cache. The update of a row needs a dot product of the whole
 * state, so the two cannot go through it together. But what an update leaves is decayed and multiplied by the next
 * row's key while it is in registers, so that each row goes through the state once:
 *
 * <pre>
 * begin    S = g S;                 dot products with the first key
 * advance  S = g' (S + k d);        dot products with the query, before the decay, and with the next key, after it
 * end      S = S + k d;             dot products with the last query
 * </pre>
 *
 * <p>What the loops take from outside, g and d, is an argument of their operations and never the receiver, as what they
 * carry.
 */
final class PanamaDeltaRule implements DeltaRule {
    /** Rows of a chunk. */
    private static final int CHUNK = 32;
    /** The widest keys and values that the planes have room for; beyond, the plain loops do the work. */
    private static final int MOST = 1024;
    private static final int SUM_LANES = DotProduct.LANES;
    private static final int LANES = VectorWidth.LANES;
    private static final int BLOCK = HeadLayout.BLOCK;

    /** Where the planes begin: decays, betas, the lanes of two sums, d, values, and keys and queries. */
    private static final int DECAYS = 0;
    private static final int BETAS = CHUNK;
    private static final int KEY_SUMS = 2 * CHUNK;
    private static final int QUERY_SUMS = KEY_SUMS + SUM_LANES * LANES;
    private static final int DIFFERENCE = QUERY_SUMS + SUM_LANES * LANES;
    private static final int VALUES = DIFFERENCE + BLOCK;
    private static final int KQ = VALUES + CHUNK * MOST;

    private final DeltaRule plain = new ScalarDeltaRule();

    @Override
    public void scan(DeltaRuleParameters p, DeltaRuleBuffers io, float[] s, int firstRow, int rowCount, int headFrom,
            int headTo, Scratch scratch) {
        if (p.keyDim() > MOST || p.valueDim() > MOST) {
            plain.scan(p, io, s, firstRow, rowCount, headFrom, headTo, scratch);
            return;
        }
        io.check(p, s, firstRow, rowCount, headFrom, headTo);
        float[] planes = scratch.vectors().stage();
        for (int r = firstRow; r < firstRow + rowCount; r += CHUNK) {
            int rows = Math.min(CHUNK, firstRow + rowCount - r);
            int staged = -1;
            for (int head = headFrom; head < headTo; head++) {
                int keyHead = p.keyHead(head);
                if (keyHead != staged) {
                    stage(io.qkv(), r, rows, p.kCol(keyHead), p.keyDim(), 1f, planes, KQ);
                    stage(io.qkv(), r, rows, p.qCol(keyHead), p.keyDim(), p.queryScale(), planes, KQ + p.keyDim());
                    staged = keyHead;
                }
                head(p, io, s, r, rows, head, planes);
            }
        }
    }

    /**
     * Copies keys or queries to a plane, a row of which has both, brought to length 1 and scaled; the values of a lane
     * are neighbours there.
     */
    private static void stage(Activations qkv, int firstRow, int rows, int col, int keyDim, float scale,
            float[] planes, int to) {
        for (int i = 0; i < rows; i++) {
            int from = qkv.index(firstRow + i, col);
            float norm = DeltaRuleParameters.normScale(VectorSums.squares(qkv.data(), from, keyDim));
            int at = to + i * 2 * keyDim;
            for (int lane = 0; lane < Math.min(SUM_LANES, keyDim); lane++) {
                for (int n = lane; n < keyDim; n += SUM_LANES) {
                    planes[at++] = qkv.data()[from + n] * norm * scale;
                }
            }
        }
    }

    /** A chunk of time of one value head. */
    private static void head(DeltaRuleParameters p, DeltaRuleBuffers io, float[] s, int firstRow, int rows, int head,
            float[] planes) {
        int width = HeadLayout.padded(p.valueDim());
        inputs(p, io, firstRow, rows, head, width, planes);
        for (int c = 0; c < width; c += LANES) {
            columns(s, HeadLayout.index(width, p.keyDim(), head, c, 0), p.keyDim(), planes, VALUES + c, width, rows);
        }
        for (int i = 0; i < rows; i++) {
            System.arraycopy(planes, VALUES + i * width, io.y().data(),
                    io.y().index(firstRow + i, head * p.valueDim()), p.valueDim());
        }
    }

    private static void inputs(DeltaRuleParameters p, DeltaRuleBuffers io, int firstRow, int rows, int head, int width,
            float[] planes) {
        for (int i = 0; i < rows; i++) {
            int r = firstRow + i;
            planes[DECAYS + i] = p.decay(head, io.alpha().data()[io.alpha().index(r, head)]);
            planes[BETAS + i] = p.beta(io.b().data()[io.b().index(r, head)]);
            int to = VALUES + i * width;
            System.arraycopy(io.qkv().data(), io.qkv().index(r, p.vCol(head)), planes, to, p.valueDim());
            for (int k = to + p.valueDim(); k < to + width; k++) {
                planes[k] = 0f;
            }
        }
    }

    /** A chunk of time of a vector of columns; the outputs take the place of the values. */
    private static void columns(float[] s, int at, int keyDim, float[] planes, int values, int width, int rows) {
        begin(s, at, keyDim, planes);
        for (int t = 0; t < rows; t++) {
            int value = values + t * width;
            LaneSums.pad(planes, KEY_SUMS, LANES, keyDim);
            LaneSums.fold(planes, KEY_SUMS, LANES, DIFFERENCE);
            difference(planes, value, planes[BETAS + t]);
            if (t + 1 < rows) {
                advance(s, at, keyDim, planes, KQ + t * 2 * keyDim, planes[DECAYS + t + 1]);
            } else {
                end(s, at, keyDim, planes, KQ + t * 2 * keyDim);
            }
            LaneSums.pad(planes, QUERY_SUMS, LANES, keyDim);
            LaneSums.fold(planes, QUERY_SUMS, LANES, value);
        }
    }

    /** {@code d = (v - sum) * beta}. */
    private static void difference(float[] planes, int value, float beta) {
        FloatVector.fromArray(FLOATS, planes, value).sub(FloatVector.fromArray(FLOATS, planes, DIFFERENCE)).mul(beta)
                .intoArray(planes, DIFFERENCE);
    }

    private static void begin(float[] s, int sAt, int keyDim, float[] planes) {
        FloatVector g = FloatVector.broadcast(FLOATS, planes[DECAYS]);
        for (int lane = 0; lane < SUM_LANES; lane++) {
            int to = HeadLayout.firstOfLane(lane + 1, keyDim);
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int n = HeadLayout.firstOfLane(lane, keyDim); n < to; n++) {
                FloatVector s0 = FloatVector.fromArray(FLOATS, s, sAt + n * BLOCK).mul(g);
                s0.intoArray(s, sAt + n * BLOCK);
                sum = s0.fma(FloatVector.broadcast(FLOATS, planes[KQ + n]), sum);
            }
            sum.intoArray(planes, KEY_SUMS + lane * LANES);
        }
    }

    /** The next row's key is behind this row's query. */
    private static void advance(float[] s, int sAt, int keyDim, float[] planes, int kAt, float decay) {
        FloatVector g = FloatVector.broadcast(FLOATS, decay);
        FloatVector d = FloatVector.fromArray(FLOATS, planes, DIFFERENCE);
        for (int lane = 0; lane < SUM_LANES; lane++) {
            int to = HeadLayout.firstOfLane(lane + 1, keyDim);
            int n = HeadLayout.firstOfLane(lane, keyDim);
            FloatVector querySum = FloatVector.zero(FLOATS);
            FloatVector keySum = FloatVector.zero(FLOATS);
            for (; n + 4 <= to; n += 4) {
                int k = kAt + n;
                int q = k + keyDim;
                int next = q + keyDim;
                int at = sAt + n * BLOCK;
                FloatVector s0 = FloatVector.broadcast(FLOATS, planes[k]).fma(d, FloatVector.fromArray(FLOATS, s, at));
                FloatVector s1 = FloatVector.broadcast(FLOATS, planes[k + 1]).fma(d,
                        FloatVector.fromArray(FLOATS, s, at + BLOCK));
                FloatVector s2 = FloatVector.broadcast(FLOATS, planes[k + 2]).fma(d,
                        FloatVector.fromArray(FLOATS, s, at + 2 * BLOCK));
                FloatVector s3 = FloatVector.broadcast(FLOATS, planes[k + 3]).fma(d,
                        FloatVector.fromArray(FLOATS, s, at + 3 * BLOCK));
                FloatVector g0 = s0.mul(g);
                FloatVector g1 = s1.mul(g);
                FloatVector g2 = s2.mul(g);
                FloatVector g3 = s3.mul(g);
                g0.intoArray(s, at);
                g1.intoArray(s, at + BLOCK);
                g2.intoArray(s, at + 2 * BLOCK);
                g3.intoArray(s, at + 3 * BLOCK);
                querySum = s0.fma(FloatVector.broadcast(FLOATS, planes[q]), querySum);
                keySum = g0.fma(FloatVector.broadcast(FLOATS, planes[next]), keySum);
                querySum = s1.fma(FloatVector.broadcast(FLOATS, planes[q + 1]), querySum);
                keySum = g1.fma(FloatVector.broadcast(FLOATS, planes[next + 1]), keySum);
                querySum = s2.fma(FloatVector.broadcast(FLOATS, planes[q + 2]), querySum);
                keySum = g2.fma(FloatVector.broadcast(FLOATS, planes[next + 2]), keySum);
                querySum = s3.fma(FloatVector.broadcast(FLOATS, planes[q + 3]), querySum);
                keySum = g3.fma(FloatVector.broadcast(FLOATS, planes[next + 3]), keySum);
            }
            for (; n < to; n++) {
                int k = kAt + n;
                FloatVector s0 = FloatVector.broadcast(FLOATS, planes[k]).fma(d,
                        FloatVector.fromArray(FLOATS, s, sAt + n * BLOCK));
                FloatVector g0 = s0.mul(g);
                g0.intoArray(s, sAt + n * BLOCK);
                querySum = s0.fma(FloatVector.broadcast(FLOATS, planes[k + keyDim]), querySum);
                keySum = g0.fma(FloatVector.broadcast(FLOATS, planes[k + 2 * keyDim]), keySum);
            }
            querySum.intoArray(planes, QUERY_SUMS + lane * LANES);
            keySum.intoArray(planes, KEY_SUMS + lane * LANES);
        }
    }

    private static void end(float[] s, int sAt, int keyDim, float[] planes, int kAt) {
        FloatVector d = FloatVector.fromArray(FLOATS, planes, DIFFERENCE);
        for (int lane = 0; lane < SUM_LANES; lane++) {
            int to = HeadLayout.firstOfLane(lane + 1, keyDim);
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int n = HeadLayout.firstOfLane(lane, keyDim); n < to; n++) {
                FloatVector s0 = FloatVector.broadcast(FLOATS, planes[kAt + n]).fma(d,
                        FloatVector.fromArray(FLOATS, s, sAt + n * BLOCK));
                s0.intoArray(s, sAt + n * BLOCK);
                sum = s0.fma(FloatVector.broadcast(FLOATS, planes[kAt + keyDim + n]), sum);
            }
            sum.intoArray(planes, QUERY_SUMS + lane * LANES);
        }
    }
}
