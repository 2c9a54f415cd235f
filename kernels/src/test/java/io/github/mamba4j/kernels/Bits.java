package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;

/** What "the same result" means here: the same bits, where all NaNs count as one. */
public final class Bits {
    private Bits() {}

    public static void assertSame(float[] expected, float[] actual, Object what) {
        // Compares as Float.equals does: by floatToIntBits.
        int at = Arrays.mismatch(expected, actual);
        if (at >= 0) {
            fail(what + ": at " + at + " expected " + show(expected, at) + ", found " + show(actual, at));
        }
    }

    public static void assertSame(float expected, float actual, Object what) {
        assertSame(new float[]{expected}, new float[]{actual}, what);
    }

    /** Refuses a change outside rows {@code [rowFrom, rowTo)} and columns {@code [colFrom, colTo)}. */
    public static void assertUntouched(float[] before, float[] after, int cols, int rowFrom, int rowTo, int colFrom,
            int colTo,
            Object what) {
        for (int i = 0; i < before.length; i++) {
            int row = i / cols;
            int col = i % cols;
            boolean inside = row >= rowFrom && row < rowTo && col >= colFrom && col < colTo;
            if (!inside && Float.floatToIntBits(before[i]) != Float.floatToIntBits(after[i])) {
                fail(what + ": row " + row + ", column " + col + " is outside the range and was written");
            }
        }
    }

    private static String show(float[] x, int at) {
        return at < x.length ? x[at] + " (" + Float.toHexString(x[at]) + ")" : "nothing";
    }
}
