package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/**
 * {@link Format#Q5_0}: bytes 0-1 the scale d, 2-5 the highest bits of the numbers q, element i in bit i, 6-21 their lower
 * four bits, of which byte i holds element i in its lower half and element i + 16 in its upper half;
 * {@code d * (q - 16)}.
 */
final class Q5_0Blocks extends Blocks {
    Q5_0Blocks() {
        super(32, 22);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += 32, offset += 22) {
            float d = f16(data, offset);
            int high = data.get(I32, offset + 2);
            for (int i = 0; i < 16; i++) {
                int low = u8(data, offset + 6 + i);
                to[at + i] = d * ((low & 15 | (high >> i & 1) << 4) - 16);
                to[at + i + 16] = d * ((low >> 4 | (high >> i + 16 & 1) << 4) - 16);
            }
        }
    }
}
