package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/**
 * {@link Format#Q3_K}: bytes 0-31 the highest bits of the numbers q, 32-95 their lower two bits, 96-107 the scales of 16
 * elements each, 108-109 the scale d of the scales; {@code (d * (scale - 32)) * (q - 4)}.
 *
 * <p>Element i has its highest bit in byte i % 32, bit i / 32. Of each 128 elements, byte i of 32 holds the lower bits of
 * elements i, i + 32, i + 64 and i + 96 from its lowest bits up. Scale s has its lower four bits in byte s % 8, half
 * s / 8, and its upper two in byte 8 + s % 4, bits 2 (s / 4) and up.
 */
final class Q3_KBlocks extends Blocks {
    private static final int BYTES = 110;

    Q3_KBlocks() {
        super(K, BYTES);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += K, offset += BYTES) {
            float d = f16(data, offset + 108);
            for (int group = 0; group < 16; group++) {
                float scale = d * (scale(data, offset + 96, group) - 32);
                int shift = group % 8 / 2 * 2;
                long low = offset + 32 + group / 8 * 32 + group % 2 * 16;
                long high = offset + group % 2 * 16;
                for (int i = 0; i < 16; i++) {
                    int q = u8(data, low + i) >> shift & 3 | (u8(data, high + i) >> group / 2 & 1) << 2;
                    to[at + group * 16 + i] = scale * (q - 4);
                }
            }
        }
    }

    private static int scale(MemorySegment data, long scales, int group) {
        int low = u8(data, scales + group % 8) >> group / 8 * 4 & 15;
        return low | (u8(data, scales + 8 + group % 4) >> group / 4 * 2 & 3) << 4;
    }
}
