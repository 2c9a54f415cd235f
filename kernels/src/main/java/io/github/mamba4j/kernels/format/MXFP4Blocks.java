package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/**
 * {@link Format#MXFP4}: byte 0 the scale 2^(e - 127), 1-16 the numbers in E2M1 (a sign, two bits of exponent, one of
 * fraction), of which byte i holds element i in its lower half and element i + 16 in its upper half. The table holds
 * twice the numbers, and the scale is halved, so that both are exact.
 *
 * <p>The specification makes e = 255 a NaN; the reference decoder does not, and neither does this.
 */
final class MXFP4Blocks extends Blocks {
    private static final byte[] TWICE = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    MXFP4Blocks() {
        super(32, 17);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += 32, offset += 17) {
            float half = half(u8(data, offset));
            for (int i = 0; i < 16; i++) {
                int q = u8(data, offset + 1 + i);
                to[at + i] = half * TWICE[q & 15];
                to[at + i + 16] = half * TWICE[q >> 4];
            }
        }
    }

    /** 2^(e - 128); the two least are subnormal. */
    private static float half(int e) {
        return Float.intBitsToFloat(e < 2 ? 0x0020_0000 << e : e - 1 << 23);
    }
}
