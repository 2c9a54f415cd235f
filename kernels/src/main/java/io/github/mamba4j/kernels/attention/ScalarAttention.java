package io.github.mamba4j.kernels.attention;

import static io.github.mamba4j.kernels.attention.KeyValueLayout.PAGE;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.ScalarMath;
import java.util.Arrays;

/** {@link Attention} as plain loops. */
final class ScalarAttention implements Attention {
    @Override
    public void rotate(Rope rope, Activations x, int col, int heads, int headDim, long position, int firstRow,
            int rowCount) {
        AttentionChecks.rotate(rope, x, col, heads, headDim, position, firstRow, rowCount);
        for (int r = 0; r < rowCount; r++) {
            float[] angles = rope.page(position + r);
            int at = rope.index(position + r);
            for (int head = 0; head < heads; head++) {
                rotateHead(rope, angles, at, x.data(), x.index(firstRow + r, col + head * headDim), 0);
            }
        }
    }

    /** Turns the pairs of a head from one of them on. */
    static void rotateHead(Rope rope, float[] angles, int at, float[] x, int xAt, int from) {
        int half = rope.dims() / 2;
        boolean halves = rope.pairing() == Rope.Pairing.HALVES;
        for (int i = from; i < half; i++) {
            int first = xAt + (halves ? i : 2 * i);
            int second = first + (halves ? half : 1);
            float a = x[first];
            float b = x[second];
            float cos = angles[at + i];
            float sin = angles[at + half + i];
            x[first] = Math.fma(a, cos, -(b * sin));
            x[second] = Math.fma(b, cos, a * sin);
        }
    }

    @Override
    public void attend(AttentionShape s, Activations q, float[][] keys, float[][] values, long position, Activations y,
            int firstRow, int rowCount, int headFrom, int headTo, Scratch scratch) {
        AttentionChecks.attend(s, q, keys, values, position, y, firstRow, rowCount, headFrom, headTo);
        int headDim = s.layout().headDim();
        for (int head = headFrom; head < headTo; head++) {
            for (int r = 0; r < rowCount; r++) {
                int at = q.index(firstRow + r, head * headDim);
                attend(s, q.data(), at, keys, values, head / s.group(), position + r, y.data(),
                        y.index(firstRow + r, head * headDim), scratch.row());
            }
        }
    }

    /** One row and one head. */
    private static void attend(AttentionShape s, float[] q, int qAt, float[][] keys, float[][] values, int head,
            long position, float[] y, int yAt, float[] w) {
        KeyValueLayout layout = s.layout();
        Arrays.fill(y, yAt, yAt + layout.headDim(), 0f);
        float max = Float.NEGATIVE_INFINITY;
        float sum = 0f;
        for (int page = 0; page <= position / PAGE; page++) {
            int count = (int) Math.min(PAGE, position + 1 - (long) page * PAGE);
            float next = max;
            for (int p = 0; p < count; p++) {
                int kAt = layout.keyIndex(head, 0, p);
                w[p] = dot(q, qAt, keys[page], kAt, 0, layout.headDim(), 1) * s.scale();
                next = Math.max(next, w[p]);
            }
            float carry = ScalarMath.exp(max - next);
            for (int p = 0; p < count; p++) {
                w[p] = ScalarMath.exp(w[p] - next);
            }
            sum = Math.fma(sum, carry, DotProduct.sum(w, 0, count));
            for (int k = 0; k < layout.headDim(); k++) {
                float acc = y[yAt + k] * carry;
                for (int p = 0; p < count; p++) {
                    acc = Math.fma(w[p], values[page][layout.valueIndex(head, k, p)], acc);
                }
                y[yAt + k] = acc;
            }
            max = next;
        }
        float factor = 1f / sum;
        for (int k = 0; k < layout.headDim(); k++) {
            y[yAt + k] *= factor;
        }
    }

    /** The dot product of a query and a key; the fold is a recursion, whose halves are the elements at twice the distance. */
    private static float dot(float[] q, int qAt, float[] keys, int kAt, int from, int to, int stride) {
        if (stride < DotProduct.LANES) {
            return dot(q, qAt, keys, kAt, from, to, 2 * stride) + dot(q, qAt, keys, kAt, from + stride, to, 2 * stride);
        }
        float sum = 0f;
        for (int k = from; k < to; k += DotProduct.LANES) {
            sum = Math.fma(q[qAt + k], keys[kAt + k * PAGE], sum);
        }
        return sum;
    }
}
