package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@link Format#Q4_0}: bytes 0-1 the scale d, 2-17 the numbers q, of which byte i holds element i in its lower half and
 * element i + 16 in its upper half; {@code d * (q - 8)}.
 */
final class Q4_0Blocks extends Blocks implements Blocks.Encoder {
    Q4_0Blocks() {
        super(32, 18);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += 32, offset += 18) {
            float d = f16(data, offset);
            for (int i = 0; i < 16; i++) {
                int q = u8(data, offset + 2 + i);
                to[at + i] = d * ((q & 15) - 8);
                to[at + i + 16] = d * ((q >> 4) - 8);
            }
        }
    }

    /** The value largest in size becomes -8, so the scale takes its sign with the opposite. */
    @Override
    public void encode(float[] from, int at, int count, MemorySegment to, long offset) {
        for (int end = at + count; at < end; at += 32, offset += 18) {
            float max = 0;
            for (int i = 0; i < 32; i++) {
                float value = from[at + i];
                if (Math.abs(max) < Math.abs(value)) {
                    max = value;
                }
            }
            float d = max / -8;
            float inverse = d == 0 ? 0 : 1 / d;
            putF16(to, offset, d);
            for (int i = 0; i < 16; i++) {
                int q = level(from[at + i] * inverse) | level(from[at + i + 16] * inverse) << 4;
                to.set(ValueLayout.JAVA_BYTE, offset + 2 + i, (byte) q);
            }
        }
    }

    private static int level(float x) {
        return Math.clamp((int) (x + 8.5f), 0, 15);
    }
}
