package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@link Format#Q4_K}: after d, m and the scales of {@link KBlocks}, bytes 16-143 the numbers q: of each 64 elements,
 * byte i of 32 holds element i in its lower half and element i + 32 in its upper half.
 */
final class Q4_KBlocks extends KBlocks {
    private static final int NUMBERS = 16;

    Q4_KBlocks() {
        super(144, 15, -1f, 20);
    }

    @Override
    void decodeGroup(MemorySegment data, long block, int group, float scale, float minimum, float[] to, int at) {
        long low = block + NUMBERS + group / 2 * GROUP;
        int shift = group % 2 * 4;
        for (int i = 0; i < GROUP; i++) {
            to[at + i] = scale * (u8(data, low + i) >> shift & 15) - minimum;
        }
    }

    @Override
    void writeNumbers(int[] q, MemorySegment to, long block) {
        for (int i = 0; i < K / 2; i++) {
            int first = i / GROUP * 2 * GROUP + i % GROUP;
            to.set(ValueLayout.JAVA_BYTE, block + NUMBERS + i, (byte) (q[first] | q[first + GROUP] << 4));
        }
    }
}
