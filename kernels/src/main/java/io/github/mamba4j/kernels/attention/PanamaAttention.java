package io.github.mamba4j.kernels.attention;

import static io.github.mamba4j.kernels.attention.KeyValueLayout.PAGE;
import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.machine.VectorWidth.LANES;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.ScalarMath;
import io.github.mamba4j.kernels.math.VectorMath;
import io.github.mamba4j.kernels.math.VectorSums;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * {@link Attention} on the Vector API. A tile of rows takes one page after another, so that a page of a long prompt is read from
 * memory once for all of them; and two query heads that share a key head read it together. What is carried from page to page
 * stands in the output and in scratch memory.
 */
final class PanamaAttention implements Attention {
    /** The queries of a tile. */
    private static final int TILE = 64;
    /** Where scratch memory has the maxima and sums of a tile's queries; before them, the weights of two queries. */
    private static final int MAX = 2 * PAGE;
    private static final int SUM = MAX + TILE;

    private final Attention plain = new ScalarAttention();

    @Override
    public void rotate(Rope rope, Activations x, int col, int heads, int headDim, long position, int firstRow,
            int rowCount) {
        AttentionChecks.rotate(rope, x, col, heads, headDim, position, firstRow, rowCount);
        boolean halves = rope.pairing() == Rope.Pairing.HALVES;
        int half = rope.dims() / 2;
        int whole = halves ? FLOATS.loopBound(half) : 0;
        for (int r = 0; r < rowCount; r++) {
            float[] angles = rope.page(position + r);
            int at = rope.index(position + r);
            for (int head = 0; head < heads; head++) {
                int xAt = x.index(firstRow + r, col + head * headDim);
                rotateHalves(angles, at, x.data(), xAt, half, whole);
                ScalarAttention.rotateHead(rope, angles, at, x.data(), xAt, whole);
            }
        }
    }

    private static void rotateHalves(float[] angles, int at, float[] x, int xAt, int half, int whole) {
        for (int i = 0; i < whole; i += LANES) {
            FloatVector a = FloatVector.fromArray(FLOATS, x, xAt + i);
            FloatVector b = FloatVector.fromArray(FLOATS, x, xAt + half + i);
            FloatVector cos = FloatVector.fromArray(FLOATS, angles, at + i);
            FloatVector sin = FloatVector.fromArray(FLOATS, angles, at + half + i);
            a.fma(cos, b.mul(sin).neg()).intoArray(x, xAt + i);
            b.fma(cos, a.mul(sin)).intoArray(x, xAt + half + i);
        }
    }

    @Override
    public void attend(AttentionShape s, Activations q, float[][] keys, float[][] values, long position, Activations y,
            int firstRow, int rowCount, int headFrom, int headTo, Scratch scratch) {
        if (s.layout().headDim() % DotProduct.LANES != 0) {
            // No published model has such heads.
            plain.attend(s, q, keys, values, position, y, firstRow, rowCount, headFrom, headTo, scratch);
            return;
        }
        AttentionChecks.attend(s, q, keys, values, position, y, firstRow, rowCount, headFrom, headTo);
        int end = firstRow + rowCount;
        for (int from = headFrom; from < headTo;) {
            int to = Math.min(headTo, Math.min(from + TILE, (from / s.group() + 1) * s.group()));
            int rows = TILE / (to - from);
            for (int r = firstRow; r < end; r += rows) {
                tile(s, q, keys, values, position + r - firstRow, y, r, Math.min(rows, end - r), from, to,
                        scratch.row());
            }
            from = to;
        }
    }

    /** Query heads that share a key head, of rows that a page is read for at once. */
    private static void tile(AttentionShape s, Activations q, float[][] keys, float[][] values, long position,
            Activations y, int firstRow, int rows, int headFrom, int headTo, float[] w) {
        int headDim = s.layout().headDim();
        int cols = (headTo - headFrom) * headDim;
        Arrays.fill(w, MAX, SUM, Float.NEGATIVE_INFINITY);
        Arrays.fill(w, SUM, SUM + TILE, 0f);
        for (int r = 0; r < rows; r++) {
            int at = y.index(firstRow + r, headFrom * headDim);
            Arrays.fill(y.data(), at, at + cols, 0f);
        }
        long last = (position + rows - 1) / PAGE;
        for (int page = 0; page <= last; page++) {
            for (int r = 0; r < rows; r++) {
                int count = (int) Math.min(PAGE, position + r + 1 - (long) page * PAGE);
                if (count > 0) {
                    row(s, q, keys[page], values[page], y, firstRow + r, count, headFrom, headTo, w,
                            r * (headTo - headFrom));
                }
            }
        }
        for (int r = 0; r < rows; r++) {
            for (int head = headFrom; head < headTo; head++) {
                int at = y.index(firstRow + r, head * headDim);
                scale(y.data(), at, headDim, 1f / w[SUM + r * (headTo - headFrom) + head - headFrom]);
            }
        }
    }

    /** One row takes a page. Of an odd number of heads the last is a pair with itself. */
    private static void row(AttentionShape s, Activations q, float[] keys, float[] values, Activations y, int r,
            int count, int headFrom, int headTo, float[] w, int query) {
        int headDim = s.layout().headDim();
        int kvHead = headFrom / s.group();
        int kAt = s.layout().keyIndex(kvHead, 0, 0);
        int vAt = s.layout().valueIndex(kvHead, 0, 0);
        for (int head = headFrom; head < headTo; head += 2) {
            int other = Math.min(head + 1, headTo - 1);
            int otherAt = other == head ? 0 : PAGE;
            scores(q.data(), q.index(r, head * headDim), q.index(r, other * headDim), keys, kAt, headDim, count,
                    s.scale(), w, otherAt);
            float carry = weights(w, 0, count, query + head - headFrom);
            float otherCarry = other == head ? carry : weights(w, PAGE, count, query + other - headFrom);
            add(w, otherAt, count, values, vAt, headDim, carry, otherCarry, y.data(), y.index(r, head * headDim),
                    y.index(r, other * headDim));
        }
    }

    /**
     * The scores of two queries, a vector of positions at a time. A lane of the canonical sum is a vector here; lanes j, j + 4,
     * j + 8 and j + 12 are summed and folded together, for j = 0 and 2, then 1 and 3.
     */
    private static void scores(float[] q, int a, int b, float[] keys, int kAt, int headDim, int count, float scale,
            float[] w, int otherAt) {
        for (int p = 0; p < count; p += LANES) {
            FloatVector sumA = FloatVector.zero(FLOATS);
            FloatVector sumB = sumA;
            for (int j = 0; j < 2; j++) {
                FloatVector a0 = FloatVector.zero(FLOATS);
                FloatVector a1 = a0;
                FloatVector a2 = a0;
                FloatVector a3 = a0;
                FloatVector b0 = a0;
                FloatVector b1 = a0;
                FloatVector b2 = a0;
                FloatVector b3 = a0;
                for (int k = j; k < headDim; k += DotProduct.LANES) {
                    FloatVector k0 = FloatVector.fromArray(FLOATS, keys, kAt + k * PAGE + p);
                    FloatVector k1 = FloatVector.fromArray(FLOATS, keys, kAt + (k + 4) * PAGE + p);
                    FloatVector k2 = FloatVector.fromArray(FLOATS, keys, kAt + (k + 8) * PAGE + p);
                    FloatVector k3 = FloatVector.fromArray(FLOATS, keys, kAt + (k + 12) * PAGE + p);
                    a0 = k0.fma(FloatVector.broadcast(FLOATS, q[a + k]), a0);
                    b0 = k0.fma(FloatVector.broadcast(FLOATS, q[b + k]), b0);
                    a1 = k1.fma(FloatVector.broadcast(FLOATS, q[a + k + 4]), a1);
                    b1 = k1.fma(FloatVector.broadcast(FLOATS, q[b + k + 4]), b1);
                    a2 = k2.fma(FloatVector.broadcast(FLOATS, q[a + k + 8]), a2);
                    b2 = k2.fma(FloatVector.broadcast(FLOATS, q[b + k + 8]), b2);
                    a3 = k3.fma(FloatVector.broadcast(FLOATS, q[a + k + 12]), a3);
                    b3 = k3.fma(FloatVector.broadcast(FLOATS, q[b + k + 12]), b3);
                }
                FloatVector foldA = a0.add(a2).add(a1.add(a3));
                FloatVector foldB = b0.add(b2).add(b1.add(b3));
                a0 = FloatVector.zero(FLOATS);
                a1 = a0;
                a2 = a0;
                a3 = a0;
                b0 = a0;
                b1 = a0;
                b2 = a0;
                b3 = a0;
                for (int k = j + 2; k < headDim; k += DotProduct.LANES) {
                    FloatVector k0 = FloatVector.fromArray(FLOATS, keys, kAt + k * PAGE + p);
                    FloatVector k1 = FloatVector.fromArray(FLOATS, keys, kAt + (k + 4) * PAGE + p);
                    FloatVector k2 = FloatVector.fromArray(FLOATS, keys, kAt + (k + 8) * PAGE + p);
                    FloatVector k3 = FloatVector.fromArray(FLOATS, keys, kAt + (k + 12) * PAGE + p);
                    a0 = k0.fma(FloatVector.broadcast(FLOATS, q[a + k]), a0);
                    b0 = k0.fma(FloatVector.broadcast(FLOATS, q[b + k]), b0);
                    a1 = k1.fma(FloatVector.broadcast(FLOATS, q[a + k + 4]), a1);
                    b1 = k1.fma(FloatVector.broadcast(FLOATS, q[b + k + 4]), b1);
                    a2 = k2.fma(FloatVector.broadcast(FLOATS, q[a + k + 8]), a2);
                    b2 = k2.fma(FloatVector.broadcast(FLOATS, q[b + k + 8]), b2);
                    a3 = k3.fma(FloatVector.broadcast(FLOATS, q[a + k + 12]), a3);
                    b3 = k3.fma(FloatVector.broadcast(FLOATS, q[b + k + 12]), b3);
                }
                sumA = foldA.add(a0.add(a2).add(a1.add(a3))).add(sumA);
                sumB = foldB.add(b0.add(b2).add(b1.add(b3))).add(sumB);
            }
            FloatVector factor = FloatVector.broadcast(FLOATS, scale);
            factor.mul(sumA).intoArray(w, p);
            factor.mul(sumB).intoArray(w, otherAt + p);
        }
    }

    /** Turns scores into weights; returns the factor of what the query has so far. */
    private static float weights(float[] w, int at, int count, int query) {
        float max = w[MAX + query];
        float next = Math.max(max, VectorMath.max(w, at, count));
        VectorMath.subtract(w, at, count, next);
        VectorMath.exp(w, at, w, at, count);
        float carry = ScalarMath.exp(max - next);
        w[MAX + query] = next;
        w[SUM + query] = Math.fma(w[SUM + query], carry, VectorSums.sum(w, at, count));
        return carry;
    }

    /** Adds the weighted values of a page to two queries' outputs. */
    private static void add(float[] w, int otherAt, int count, float[] values, int vAt, int headDim, float carry,
            float otherCarry, float[] y, int a, int b) {
        int wide = headDim / (4 * LANES) * (4 * LANES);
        for (int k = 0; k < wide; k += 4 * LANES) {
            FloatVector factorA = FloatVector.broadcast(FLOATS, carry);
            FloatVector factorB = FloatVector.broadcast(FLOATS, otherCarry);
            FloatVector a0 = FloatVector.fromArray(FLOATS, y, a + k).mul(factorA);
            FloatVector a1 = FloatVector.fromArray(FLOATS, y, a + k + LANES).mul(factorA);
            FloatVector a2 = FloatVector.fromArray(FLOATS, y, a + k + 2 * LANES).mul(factorA);
            FloatVector a3 = FloatVector.fromArray(FLOATS, y, a + k + 3 * LANES).mul(factorA);
            FloatVector b0 = FloatVector.fromArray(FLOATS, y, b + k).mul(factorB);
            FloatVector b1 = FloatVector.fromArray(FLOATS, y, b + k + LANES).mul(factorB);
            FloatVector b2 = FloatVector.fromArray(FLOATS, y, b + k + 2 * LANES).mul(factorB);
            FloatVector b3 = FloatVector.fromArray(FLOATS, y, b + k + 3 * LANES).mul(factorB);
            for (int p = 0; p < count; p++) {
                int at = vAt + p * headDim + k;
                FloatVector weightA = FloatVector.broadcast(FLOATS, w[p]);
                FloatVector weightB = FloatVector.broadcast(FLOATS, w[otherAt + p]);
                FloatVector v = FloatVector.fromArray(FLOATS, values, at);
                a0 = v.fma(weightA, a0);
                b0 = v.fma(weightB, b0);
                v = FloatVector.fromArray(FLOATS, values, at + LANES);
                a1 = v.fma(weightA, a1);
                b1 = v.fma(weightB, b1);
                v = FloatVector.fromArray(FLOATS, values, at + 2 * LANES);
                a2 = v.fma(weightA, a2);
                b2 = v.fma(weightB, b2);
                v = FloatVector.fromArray(FLOATS, values, at + 3 * LANES);
                a3 = v.fma(weightA, a3);
                b3 = v.fma(weightB, b3);
            }
            a0.intoArray(y, a + k);
            a1.intoArray(y, a + k + LANES);
            a2.intoArray(y, a + k + 2 * LANES);
            a3.intoArray(y, a + k + 3 * LANES);
            b0.intoArray(y, b + k);
            b1.intoArray(y, b + k + LANES);
            b2.intoArray(y, b + k + 2 * LANES);
            b3.intoArray(y, b + k + 3 * LANES);
        }
        for (int k = wide; k < headDim; k += LANES) {
            FloatVector sumA = FloatVector.fromArray(FLOATS, y, a + k).mul(carry);
            FloatVector sumB = FloatVector.fromArray(FLOATS, y, b + k).mul(otherCarry);
            for (int p = 0; p < count; p++) {
                FloatVector v = FloatVector.fromArray(FLOATS, values, vAt + p * headDim + k);
                sumA = v.fma(FloatVector.broadcast(FLOATS, w[p]), sumA);
                sumB = v.fma(FloatVector.broadcast(FLOATS, w[otherAt + p]), sumB);
            }
            sumA.intoArray(y, a + k);
            sumB.intoArray(y, b + k);
        }
    }

    private static void scale(float[] y, int at, int n, float factor) {
        for (int k = 0; k < n; k++) {
            y[at + k] *= factor;
        }
    }
}
