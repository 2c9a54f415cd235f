package io.github.mamba4j.benchmarks;

/** Checks of results before they are measured: what is fast and wrong is not to be reported. */
final class Checks {
    private Checks() {}

    /**
     * Compares values.
     *
     * @param what names the values
     * @param expected the definition's
     * @param actual what is measured
     * @param tolerance the largest difference there may be
     * @throws IllegalStateException if there is a larger one
     */
    static void requireEqual(String what, float expected, float actual, float tolerance) {
        if (!(Math.abs(expected - actual) <= tolerance)) {
            throw new IllegalStateException(
                    "a wrong result (" + what + "): expected " + expected + ", found " + actual);
        }
    }

    /** As above, for arrays. */
    static void requireEqual(String what, float[] expected, float[] actual, float tolerance) {
        if (expected.length != actual.length) {
            throw new IllegalStateException(
                    "a wrong result (" + what + "): expected " + expected.length + " values, found " + actual.length);
        }
        for (int i = 0; i < expected.length; i++) {
            requireEqual(what + " " + i, expected[i], actual[i], tolerance);
        }
    }
}
