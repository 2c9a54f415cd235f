package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/**
 * {@link Format#Q5_1}: bytes 0-1 the scale d, 2-3 the minimum m, 4-7 the highest bits of the numbers q, element i in bit
 * i, 8-23 their lower four bits, of which byte i holds element i in its lower half and element i + 16 in its upper half;
 * {@code d * q + m}.
 */
final class Q5_1Blocks extends Blocks {
    Q5_1Blocks() {
        super(32, 24);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += 32, offset += 24) {
            float d = f16(data, offset);
            float m = f16(data, offset + 2);
            int high = data.get(I32, offset + 4);
            for (int i = 0; i < 16; i++) {
                int low = u8(data, offset + 8 + i);
                to[at + i] = d * (low & 15 | (high >> i & 1) << 4) + m;
                to[at + i + 16] = d * (low >> 4 | (high >> i + 16 & 1) << 4) + m;
            }
        }
    }
}
