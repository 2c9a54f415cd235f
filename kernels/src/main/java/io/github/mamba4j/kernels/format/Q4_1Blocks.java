package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/**
 * {@link Format#Q4_1}: bytes 0-1 the scale d, 2-3 the minimum m, 4-19 the numbers q, of which byte i holds element i in
 * its lower half and element i + 16 in its upper half; {@code d * q + m}.
 */
final class Q4_1Blocks extends Blocks {
    Q4_1Blocks() {
        super(32, 20);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += 32, offset += 20) {
            float d = f16(data, offset);
            float m = f16(data, offset + 2);
            for (int i = 0; i < 16; i++) {
                int q = u8(data, offset + 4 + i);
                to[at + i] = d * (q & 15) + m;
                to[at + i + 16] = d * (q >> 4) + m;
            }
        }
    }
}
