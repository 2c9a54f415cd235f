package io.github.mamba4j.kernels.format;

/** Rounding as the reference quantisers do it. */
final class Rounding {
    private Rounding() {}

    /**
     * The nearest integer, ties to even, for |x| up to 2^22: the sum with 1.5 * 2^23 has it in its lowest bits. Beyond
     * that the result means nothing, but is always the same.
     */
    static int nearest(float x) {
        return (Float.floatToRawIntBits(x + 12582912f) & 0x007f_ffff) - 0x0040_0000;
    }
}
