package io.github.mamba4j.kernels.attention;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.math.Ranges;
import java.util.Arrays;

/**
 * Where the keys and values of a sequence are. Positions are in pages of {@value #PAGE}, counted from the first token of the
 * sequence; each page is an array of keys and one of values:
 *
 * <pre>
 * keys   [heads] [headDim, 64]
 * values [heads] [64, headDim]
 * </pre>
 *
 * <p>A page is also the block in which attention takes its positions. What belongs to a head is one piece of memory. Keys of
 * neighbouring positions are neighbours, so that a vector holds the scores of as many positions as it has lanes, and no sum
 * is folded across lanes.
 *
 * @param heads the heads of keys and values
 * @param headDim the width of a head
 */
public record KeyValueLayout(int heads, int headDim) {
    /** The positions of a page. */
    public static final int PAGE = 64;

    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if one is not positive, or a page has more values than an array holds
     */
    public KeyValueLayout {
        if (heads < 1 || headDim < 1 || (long) heads * headDim > Integer.MAX_VALUE / PAGE) {
            throw new IllegalArgumentException(
                    "attention: expected heads of keys that fit a page, found " + heads + " of " + headDim);
        }
    }

    /**
     * The width of a row of keys, and of a row of values.
     *
     * @return {@code heads * headDim}
     */
    public int width() {
        return heads * headDim;
    }

    /**
     * The length of a page's array of keys, and of its array of values.
     *
     * @return {@code 64 * width()}
     */
    public int pageSize() {
        return PAGE * width();
    }

    /**
     * The number of pages of a sequence.
     *
     * @param positions the number of positions
     * @return how many pages have room for them
     */
    public static int pages(long positions) {
        return Math.toIntExact((positions + PAGE - 1) / PAGE);
    }

    /** The place in a page of keys of a head's element k at position p of the page. */
    int keyIndex(int head, int k, int p) {
        return (head * headDim + k) * PAGE + p;
    }

    /** The place in a page of values of a head's element k at position p of the page. */
    int valueIndex(int head, int k, int p) {
        return (head * PAGE + p) * headDim + k;
    }

    /**
     * Puts rows into pages.
     *
     * @param k {@code [rows, width]}: the keys, from the first column on
     * @param v {@code [rows, width]}: the values, from the first column on
     * @param keys the pages of keys, which are there up to the last of these positions
     * @param values the pages of values
     * @param position the position of the first row
     * @param firstRow the first row
     * @param rowCount the number of rows
     */
    public void store(Activations k, Activations v, float[][] keys, float[][] values, long position, int firstRow,
            int rowCount) {
        Ranges.check(k, firstRow, rowCount, 0, width());
        Ranges.check(v, firstRow, rowCount, 0, width());
        for (int r = 0; r < rowCount; r++) {
            int page = (int) ((position + r) / PAGE);
            int p = (int) ((position + r) % PAGE);
            storeKeys(k.data(), k.index(firstRow + r, 0), keys[page], p);
            for (int head = 0; head < heads; head++) {
                System.arraycopy(v.data(), v.index(firstRow + r, head * headDim), values[page], valueIndex(head, 0, p),
                        headDim);
            }
        }
    }

    private void storeKeys(float[] row, int at, float[] page, int p) {
        int n = width();
        for (int i = 0; i < n; i++) {
            page[i * PAGE + p] = row[at + i];
        }
    }

    /**
     * Whether two pages begin with the same bits.
     *
     * @param keys a page of keys
     * @param otherKeys the other page of keys
     * @param values the values of the first
     * @param otherValues the values of the other
     * @param positions how many positions are compared
     * @return true if nothing tells them apart
     */
    public boolean startsEqual(float[] keys, float[] otherKeys, float[] values, float[] otherValues, int positions) {
        for (int i = 0; i < width(); i++) {
            int at = i * PAGE;
            if (!Arrays.equals(keys, at, at + positions, otherKeys, at, at + positions)) {
                return false;
            }
        }
        for (int head = 0; head < heads; head++) {
            int from = valueIndex(head, 0, 0);
            int to = from + positions * headDim;
            if (!Arrays.equals(values, from, to, otherValues, from, to)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes keys out of pages.
     *
     * @param pages the pages of keys
     * @param positions how many positions, from the first on
     * @return a new array {@code [positions, heads, headDim]}
     */
    public float[] keyRows(float[][] pages, int positions) {
        float[] rows = new float[Math.multiplyExact(positions, width())];
        for (int t = 0; t < positions; t++) {
            for (int i = 0; i < width(); i++) {
                rows[t * width() + i] = pages[t / PAGE][i * PAGE + t % PAGE];
            }
        }
        return rows;
    }

    /**
     * Takes values out of pages.
     *
     * @param pages the pages of values
     * @param positions how many positions, from the first on
     * @return a new array {@code [positions, heads, headDim]}
     */
    public float[] valueRows(float[][] pages, int positions) {
        float[] rows = new float[Math.multiplyExact(positions, width())];
        for (int t = 0; t < positions; t++) {
            for (int head = 0; head < heads; head++) {
                System.arraycopy(pages[t / PAGE], valueIndex(head, 0, t % PAGE), rows, (t * heads + head) * headDim,
                        headDim);
            }
        }
        return rows;
    }
}
