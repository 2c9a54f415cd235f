package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/**
 * {@link Format#Q2_K}: bytes 0-15 the scale (lower half) and the minimum (upper half) of 16 elements each, 16-79 the
 * numbers q, 80-81 the scale d of the scales, 82-83 the scale m of the minima; {@code (d * scale) * q - (m * minimum)}.
 * Of each 128 elements, byte i of 32 holds elements i, i + 32, i + 64 and i + 96 from its lowest bits up.
 */
final class Q2_KBlocks extends Blocks {
    private static final int BYTES = 84;

    Q2_KBlocks() {
        super(K, BYTES);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += K, offset += BYTES) {
            float d = f16(data, offset + 80);
            float m = f16(data, offset + 82);
            for (int group = 0; group < 16; group++) {
                int scales = u8(data, offset + group);
                float scale = d * (scales & 15);
                float minimum = m * (scales >> 4);
                int shift = group % 8 / 2 * 2;
                long numbers = offset + 16 + group / 8 * 32 + group % 2 * 16;
                for (int i = 0; i < 16; i++) {
                    to[at + group * 16 + i] = scale * (u8(data, numbers + i) >> shift & 3) - minimum;
                }
            }
        }
    }
}
