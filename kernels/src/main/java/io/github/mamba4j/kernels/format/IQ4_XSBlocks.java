package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/**
 * {@link Format#IQ4_XS}: bytes 0-1 the scale d of the scales, 2-3 the upper two bits of the scales of 32 elements each,
 * scale s in bits 2 s and up, 4-7 their lower four bits, scale s in byte s / 2, half s % 2, 8-135 the indices q, each 32
 * as in {@link IQ4_NLBlocks}; {@code (d * (scale - 32)) * LEVELS[q]}.
 */
final class IQ4_XSBlocks extends Blocks {
    private static final int BYTES = 136;

    IQ4_XSBlocks() {
        super(K, BYTES);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += K, offset += BYTES) {
            float d = f16(data, offset);
            int high = data.get(I16, offset + 2);
            for (int group = 0; group < K / 32; group++) {
                int low = u8(data, offset + 4 + group / 2) >> group % 2 * 4 & 15;
                float scale = d * ((low | (high >> 2 * group & 3) << 4) - 32);
                IQ4_NLBlocks.decode32(data, offset + 8 + group * 16, scale, to, at + group * 32);
            }
        }
    }
}
