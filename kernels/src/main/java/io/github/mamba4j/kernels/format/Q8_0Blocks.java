package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@link Format#Q8_0}: bytes 0-1 the scale d, 2-33 the signed numbers q; {@code q * d}. */
final class Q8_0Blocks extends Blocks implements Blocks.Encoder {
    Q8_0Blocks() {
        super(32, 34);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += 32, offset += 34) {
            float d = f16(data, offset);
            for (int i = 0; i < 32; i++) {
                to[at + i] = data.get(ValueLayout.JAVA_BYTE, offset + 2 + i) * d;
            }
        }
    }

    /** The value largest in size becomes 127 or -127; halves are rounded away from zero. */
    @Override
    public void encode(float[] from, int at, int count, MemorySegment to, long offset) {
        for (int end = at + count; at < end; at += 32, offset += 34) {
            float max = 0;
            for (int i = 0; i < 32; i++) {
                max = Math.max(max, Math.abs(from[at + i]));
            }
            float d = max / 127;
            float inverse = d == 0 ? 0 : 1 / d;
            putF16(to, offset, d);
            for (int i = 0; i < 32; i++) {
                to.set(ValueLayout.JAVA_BYTE, offset + 2 + i, (byte) round(from[at + i] * inverse));
            }
        }
    }

    private static int round(float x) {
        // In float64 the sum is exact: 0.49999997 must not become 1.
        int q = (int) (x + Math.copySign(0.5, x));
        // Scales below 2^-126 have no inverse.
        return Math.clamp(q, -127, 127);
    }
}
