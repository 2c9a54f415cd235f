package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.ThreadTeam;

/**
 * How the members of a team share the product of many rows and a matrix: each takes a range of rows and a range of outputs.
 *
 * <p>Before it multiplies, a member brings its rows and its weights into another order. That is least work in all where
 * ranges are about as many rows as outputs, so a matrix of few outputs is shared by rows, not by outputs.
 */
final class Shares {
    /** Fewer rows are not worth a member's while: a kernel for many rows takes them several at a time. */
    private static final int LEAST_ROWS = 48;

    private Shares() {}

    /**
     * Into how many ranges the rows are cut. It divides the number of members; the outputs are cut into {@code members}
     * over that.
     */
    static int rowParts(int members, int rows, int outs) {
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

    /** The first row of a range of whole grains; with one range more than there are, the number of rows. */
    static int rowFrom(int part, int parts, int rows, int grain) {
        return ThreadTeam.split(part, parts, rows, grain);
    }
}
