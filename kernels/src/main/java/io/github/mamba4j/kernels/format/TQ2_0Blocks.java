package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/**
 * {@link Format#TQ2_0}: bytes 0-63 the numbers q, 64-65 the scale d; {@code d * (q - 1)}. Of each 128 elements, byte i of
 * 32 holds elements i, i + 32, i + 64 and i + 96 from its lowest bits up.
 */
final class TQ2_0Blocks extends Blocks {
    private static final int BYTES = 66;

    TQ2_0Blocks() {
        super(K, BYTES);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += K, offset += BYTES) {
            float d = f16(data, offset + 64);
            for (int i = 0; i < K; i++) {
                int q = u8(data, offset + i / 128 * 32 + i % 32) >> i % 128 / 32 * 2 & 3;
                to[at + i] = d * (q - 1);
            }
        }
    }
}
