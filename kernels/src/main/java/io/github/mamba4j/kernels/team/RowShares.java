package io.github.mamba4j.kernels.team;

/**
 * How the members of a team share the product of many rows and a matrix: each takes a range of rows and a range of outputs.
 *
 * <p>Before it multiplies, a member brings its rows and its weights into another order. That is least work in all where
 * ranges are about as many rows as outputs, so a matrix of few outputs is shared by rows, not by outputs.
 */
public final class RowShares {
    /** Fewer rows are not worth a member's while: a kernel for many rows takes them several at a time. */
    private static final int LEAST_ROWS = 48;

    private RowShares() {}

    /**
     * Into how many ranges the rows are cut. It divides the number of members; the outputs are cut into {@code members}
     * over that.
     *
     * @param members the size of the team
     * @param rows the number of rows
     * @param outs the number of outputs
     * @return the number of ranges of rows
     */
    public static int rowParts(int members, int rows, int outs) {
        int best = 1;
        long least = Long.MAX_VALUE;
        for (int parts = 1; parts <= members && rows / parts >= LEAST_ROWS; parts++) {
            long work = (long) rows / parts + (long) outs * parts / members;
            if (members % parts == 0 && work < least) {
                best = parts;
                least = work;
            }
        }
        return best;
    }

    /**
     * The first row of a range of whole grains.
     *
     * @param part the range, 0 to {@code parts}
     * @param parts the number of ranges
     * @param rows the number of rows
     * @param grain rows that stay together
     * @return the first row; {@code rows} for the range after the last
     */
    public static int rowFrom(int part, int parts, int rows, int grain) {
        return ThreadTeam.split(part, parts, rows, grain);
    }
}
