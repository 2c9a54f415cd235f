package io.github.mamba4j.kernels.attention;

import java.util.Arrays;

/**
 * Rotary positions (Su and others 2021): the first {@code dims} elements of a head are pairs, and pair i of a row at position
 * t is turned by the angle {@code t * theta^(-2 i / dims)}. The angles of a position are computed once, in double precision
 * with StrictMath, and rounded once: the same on every machine, however far the position is.
 *
 * <p>Not thread-safe while it grows: {@link #reach} is called by one thread before others read.
 */
public final class Rope {
    /** Which elements are a pair. */
    public enum Pairing {
        /** Elements i and i + dims / 2. */
        HALVES,
        /** Elements 2 i and 2 i + 1. */
        PAIRS
    }

    private static final int PAGE = 64;

    private final int dims;
    private final Pairing pairing;
    private final double[] frequencies;
    /** For each 64 positions {@code [64, dims]}: the cosines of a position's angles, then the sines. */
    private float[][] pages = new float[1][];

    /**
     * Positions for heads of at least this width.
     *
     * @param dims how many elements of a head are turned, an even number
     * @param theta the base of the frequencies
     * @param pairing which elements are a pair
     * @throws IllegalArgumentException if the number is odd or not positive, or theta is not positive and finite
     */
    public Rope(int dims, double theta, Pairing pairing) {
        if (dims < 2 || dims % 2 != 0) {
            throw new IllegalArgumentException("rope: expected an even number of elements, found " + dims);
        }
        if (!(theta > 0 && theta < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("rope: expected a positive theta, found " + theta);
        }
        this.dims = dims;
        this.pairing = pairing;
        frequencies = new double[dims / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = StrictMath.pow(theta, -2.0 * i / dims);
        }
    }

    /**
     * How many elements of a head are turned.
     *
     * @return an even number
     */
    public int dims() {
        return dims;
    }

    /**
     * Which elements are a pair.
     *
     * @return the pairing
     */
    public Pairing pairing() {
        return pairing;
    }

    /**
     * Computes the angles that are still missing of some positions.
     *
     * @param position the first position
     * @param count how many positions
     */
    public void reach(long position, int count) {
        int end = KeyValueLayout.pages(position + count);
        if (pages.length < end) {
            pages = Arrays.copyOf(pages, Math.max(end, (int) Math.min(Integer.MAX_VALUE - 8L, 2L * pages.length)));
        }
        for (int page = (int) (position / PAGE); page < end; page++) {
            if (pages[page] == null) {
                pages[page] = compute((long) page * PAGE);
            }
        }
    }

    private float[] compute(long first) {
        float[] page = new float[PAGE * dims];
        int half = dims / 2;
        for (int p = 0; p < PAGE; p++) {
            for (int i = 0; i < half; i++) {
                double angle = (first + p) * frequencies[i];
                page[p * dims + i] = (float) StrictMath.cos(angle);
                page[p * dims + half + i] = (float) StrictMath.sin(angle);
            }
        }
        return page;
    }

    /** The array that has a position's angles. */
    float[] page(long position) {
        float[] page = position / PAGE < pages.length ? pages[(int) (position / PAGE)] : null;
        if (page == null) {
            throw new IllegalArgumentException("rope: expected a position that was reached, found " + position);
        }
        return page;
    }

    /** Where in it they are: {@code dims / 2} cosines, then as many sines. */
    int index(long position) {
        return (int) (position % PAGE) * dims;
    }
}
