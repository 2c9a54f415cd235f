package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/**
 * {@link Format#IQ4_NL}: bytes 0-1 the scale d, 2-17 the indices q, of which byte i holds element i in its lower half and
 * element i + 16 in its upper half; {@code d * LEVELS[q]}.
 */
final class IQ4_NLBlocks extends Blocks {
    /** The levels, denser around 0; chosen by ggml's authors. */
    private static final byte[] LEVELS = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    IQ4_NLBlocks() {
        super(32, 18);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += 32, offset += 18) {
            decode32(data, offset + 2, f16(data, offset), to, at);
        }
    }

    /** 32 elements of one scale. */
    static void decode32(MemorySegment data, long offset, float scale, float[] to, int at) {
        for (int i = 0; i < 16; i++) {
            int q = u8(data, offset + i);
            to[at + i] = scale * LEVELS[q & 15];
            to[at + i + 16] = scale * LEVELS[q >> 4];
        }
    }
}
