package io.github.mamba4j.engine.generate;

/**
 * The random numbers of sampling: SplitMix64 (Steele, Lea, Flood 2014), addressed by place instead of drawn in turn.
 * Written out because a seed must give the same text with every version of Java.
 */
final class SeededRandom {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1p-53;

    private SeededRandom() {}

    /** Output number {@code place}, from 0, of the generator with this seed. */
    static long bits(long seed, long place) {
        long z = seed + (place + 1) * GAMMA;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    /** The same as a number from 0 to below 1. */
    static double uniform(long seed, long place) {
        return (bits(seed, place) >>> 11) * UNIT;
    }
}
