package io.github.mamba4j.kernels.attention;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Scratch;

/**
 * Causal attention of the rows of one sequence over its keys and values, and rotary positions. Thread-safe; see
 * {@link io.github.mamba4j.kernels.Kernels} for ranges and refusals.
 */
public sealed interface Attention permits ScalarAttention, PanamaAttention {
    /**
     * The plain loops.
     *
     * @return the definition of this operation
     */
    static Attention scalar() {
        return new ScalarAttention();
    }

    /**
     * The loops on the Vector API, which must be there.
     *
     * @return an implementation with the same bits
     */
    static Attention vector() {
        return new PanamaAttention();
    }

    /**
     * Turns the heads of rows, in place. For each pair (a, b) of elements with cosine c and sine s of its angle:
     *
     * <pre>
     * a' = fma(a, c, -(b * s))
     * b' = fma(b, c, a * s)
     * </pre>
     *
     * @param rope the angles, which have been computed for these positions
     * @param x what is turned
     * @param col its first column
     * @param heads the number of heads
     * @param headDim the width of a head; elements beyond those that are turned stay as they are
     * @param position the position of the first row
     * @param firstRow the first row
     * @param rowCount the number of rows
     */
    void rotate(Rope rope, Activations x, int col, int heads, int headDim, long position, int firstRow, int rowCount);

    /**
     * Attends to all positions up to a row's own. For each row at position t and each head, with q its query and m = -inf,
     * l = 0, y = 0, for each page that holds positions up to t, in order:
     *
     * <pre>
     * s[p] = dot(q, keys[p]) * scale
     * n    = max(m, max over p of s[p])
     * c    = exp(m - n)
     * w[p] = exp(s[p] - n)
     * l    = fma(l, c, sum over p of w[p])
     * y[k] = fma(w[p], values[p][k], y[k])         for each p in order, from y[k] * c on
     * m    = n
     * </pre>
     *
     * and {@code y = y * (1 / l)} after the last: the softmax with a running maximum (Milakov and Gimelshein 2018). Pages begin
     * at fixed positions, so that nothing depends on how a text is cut. In a dot product whose length is not a multiple of 16
     * no zeros pad the lanes: all they could change is the sign of a zero, which exp does not see.
     *
     * @param s the sizes
     * @param q {@code [rows, s.width()]}: the queries, from the first column on
     * @param keys the pages of keys, which are there up to the last row's position
     * @param values the pages of values
     * @param position the position of the first row
     * @param y {@code [rows, s.width()]}: the output, from the first column on; not where q is
     * @param firstRow the first row
     * @param rowCount the number of rows
     * @param headFrom the first query head
     * @param headTo the query head after the last
     * @param scratch working memory of the calling thread
     */
    void attend(AttentionShape s, Activations q, float[][] keys, float[][] values, long position, Activations y,
            int firstRow, int rowCount, int headFrom, int headTo, Scratch scratch);
}
