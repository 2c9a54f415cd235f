package io.github.mamba4j.kernels.machine;

/**
 * What the processor takes to multiply subnormal numbers, those below 2^-126. Many processors do so in microcode, which takes
 * some 150 clocks; others, AMD's among them, do it as fast as any multiplication. The processor does not report it,
 * so it is measured, once and within some 20 milliseconds. Results never depend on it, only the way to them.
 */
public final class Subnormals {
    /** Whether subnormal numbers are multiplied about as fast as others. */
    public static final boolean FAST = slowdown() < 2;

    /** Enough for the loop to be compiled long before the end. */
    private static final int ROUNDS = 40;
    private static final int PRODUCTS = 4000;
    private static final float NORMAL = 0x1p-100f;
    private static final float SUBNORMAL = 0x1p-140f;

    private Subnormals() {}

    /** The ratio of the shortest rounds, which neither a pause nor the interpreter has made longer. */
    private static double slowdown() {
        long normal = Long.MAX_VALUE;
        long subnormal = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            normal = Math.min(normal, nanos(NORMAL));
            subnormal = Math.min(subnormal, nanos(SUBNORMAL));
        }
        return (double) subnormal / Math.max(1, normal);
    }

    private static long nanos(float factor) {
        long start = System.nanoTime();
        float x = 0x1p100f;
        float sum = 0;
        for (int i = 0; i < PRODUCTS; i++) {
            sum += factor * x;
            x += 0x1p80f;
        }
        long nanos = System.nanoTime() - start;
        // Never so, but without a use of the sum there would be no loop.
        return Float.isNaN(sum) ? Long.MAX_VALUE : nanos;
    }
}
