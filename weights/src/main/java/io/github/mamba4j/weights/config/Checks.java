package io.github.mamba4j.weights.config;

/** Bounds of what a configuration may say. */
final class Checks {
    /** The widest matrix. */
    static final int MAX_WIDTH = 1 << 18;
    /** The most states, taps and the like. */
    static final int MAX_STATE = 1 << 12;

    private Checks() {}

    static void range(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("expected " + name + " of " + min + " to " + max + ", found " + value);
        }
    }

    /** An epsilon of 0 would divide a row of zeros by zero. */
    static void eps(String name, float value) {
        if (!(value > 0 && value < 1)) {
            throw new IllegalArgumentException("expected " + name + " between 0 and 1, found " + value);
        }
    }

    static void finite(String name, float value) {
        if (!Float.isFinite(value)) {
            throw new IllegalArgumentException("expected a finite " + name + ", found " + value);
        }
    }
}
