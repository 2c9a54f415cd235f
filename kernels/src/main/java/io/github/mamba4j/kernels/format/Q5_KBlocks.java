package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@link Format#Q5_K}: after d, m and the scales of {@link KBlocks}, bytes 16-47 the highest bits of the numbers q,
 * element i in byte i % 32, bit i / 32, and 48-175 their lower four bits: of each 64 elements, byte i of 32 holds element
 * i in its lower half and element i + 32 in its upper half.
 */
final class Q5_KBlocks extends KBlocks {
    private static final int HIGH = 16;
    private static final int LOW = 48;

    Q5_KBlocks() {
        super(176, 31, -0.5f, 15);
    }

    @Override
    void decodeGroup(MemorySegment data, long block, int group, float scale, float minimum, float[] to, int at) {
        long low = block + LOW + group / 2 * GROUP;
        int shift = group % 2 * 4;
        for (int i = 0; i < GROUP; i++) {
            int q = u8(data, low + i) >> shift & 15 | (u8(data, block + HIGH + i) >> group & 1) << 4;
            to[at + i] = scale * q - minimum;
        }
    }

    @Override
    void writeNumbers(int[] q, MemorySegment to, long block) {
        for (int i = 0; i < K / 2; i++) {
            int first = i / GROUP * 2 * GROUP + i % GROUP;
            int low = q[first] & 15 | (q[first + GROUP] & 15) << 4;
            to.set(ValueLayout.JAVA_BYTE, block + LOW + i, (byte) low);
        }
        for (int i = 0; i < GROUP; i++) {
            int high = 0;
            for (int group = 0; group < K / GROUP; group++) {
                high |= q[group * GROUP + i] >> 4 << group;
            }
            to.set(ValueLayout.JAVA_BYTE, block + HIGH + i, (byte) high);
        }
    }
}
