package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * {@link Format#Q6_K}: bytes 0-127 the lower four bits of the numbers q, 128-191 their upper two bits, 192-207 the signed
 * scales of 16 elements each, 208-209 the scale d of the scales; {@code (d * scale) * (q - 32)}.
 *
 * <p>Of each 128 elements, byte i of 64 holds the lower bits of elements i and i + 64 in its lower and its upper half, and
 * byte i of 32 the upper bits of elements i, i + 32, i + 64 and i + 96 from its lowest bits up.
 */
final class Q6_KBlocks extends Blocks implements Blocks.Encoder {
    private static final int BYTES = 210;
    private static final int HIGH = 128;
    private static final int SCALES = 192;
    private static final int D = 208;
    private static final int GROUP = 16;
    /** Scales of this size and less count as 0. */
    private static final float NOTHING = 1e-15f;

    Q6_KBlocks() {
        super(K, BYTES);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += K, offset += BYTES) {
            float d = f16(data, offset + D);
            for (int group = 0; group < K / GROUP; group++) {
                float scale = d * data.get(ValueLayout.JAVA_BYTE, offset + SCALES + group);
                int half = group / 8;
                long low = offset + half * 64 + group % 4 * GROUP;
                int lowShift = group % 8 / 4 * 4;
                long high = offset + HIGH + half * 32 + group % 2 * GROUP;
                int highShift = group % 8 / 2 * 2;
                for (int i = 0; i < GROUP; i++) {
                    int q = u8(data, low + i) >> lowShift & 15 | (u8(data, high + i) >> highShift & 3) << 4;
                    to[at + group * GROUP + i] = scale * (q - 32);
                }
            }
        }
    }

    @Override
    public void encode(float[] from, int at, int count, MemorySegment to, long offset) {
        int[] q = new int[K];
        float[] scales = new float[K / GROUP];
        for (int end = at + count; at < end; at += K, offset += BYTES) {
            float largest = 0;
            for (int group = 0; group < scales.length; group++) {
                scales[group] = fit(from, at + group * GROUP, q, group * GROUP);
                largest = Math.abs(scales[group]) > Math.abs(largest) ? scales[group] : largest;
            }
            if (Math.abs(largest) < NOTHING) {
                to.asSlice(offset, BYTES).fill((byte) 0);
                continue;
            }
            writeScales(scales, largest, to, offset);
            round(from, at, to, offset, q);
            writeNumbers(q, to, offset);
        }
    }

    private static void writeScales(float[] scales, float largest, MemorySegment to, long block) {
        float inverse = -128 / largest;
        putF16(to, block + D, 1 / inverse);
        for (int group = 0; group < scales.length; group++) {
            int scale = Math.min(127, Rounding.nearest(inverse * scales[group]));
            to.set(ValueLayout.JAVA_BYTE, block + SCALES + group, (byte) scale);
        }
    }

    /** Chooses the numbers once more, for the scales as they are stored. */
    private static void round(float[] from, int at, MemorySegment to, long block, int[] q) {
        float d = f16(to, block + D);
        for (int group = 0; group < K / GROUP; group++) {
            float scale = d * to.get(ValueLayout.JAVA_BYTE, block + SCALES + group);
            if (scale == 0) {
                continue;
            }
            for (int i = group * GROUP; i < (group + 1) * GROUP; i++) {
                q[i] = level(from[at + i] / scale) + 32;
            }
        }
    }

    private static void writeNumbers(int[] q, MemorySegment to, long block) {
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i++) {
                int first = half * 128 + i;
                int low = q[first] & 15 | (q[first + 64] & 15) << 4;
                int next = q[first + 32] & 15 | (q[first + 96] & 15) << 4;
                int high = q[first] >> 4 | q[first + 32] >> 4 << 2 | q[first + 64] >> 4 << 4 | q[first + 96] >> 4 << 6;
                to.set(ValueLayout.JAVA_BYTE, block + half * 64 + i, (byte) low);
                to.set(ValueLayout.JAVA_BYTE, block + half * 64 + 32 + i, (byte) next);
                to.set(ValueLayout.JAVA_BYTE, block + HIGH + half * 32 + i, (byte) high);
            }
        }
    }

    private static int level(float x) {
        return Math.clamp(Rounding.nearest(x), -32, 31);
    }

    /**
     * Finds a scale for 16 values, and their numbers: divides the value largest in size by -32 and by 18 numbers near it,
     * fits a scale to each by least squares with the squares of the values as weights, and keeps the best. This is
     * {@code make_qx_quants} of ggml, operation by operation.
     */
    private static float fit(float[] x, int first, int[] q, int at) {
        float largest = 0;
        for (int i = 0; i < GROUP; i++) {
            float value = x[first + i];
            largest = Math.abs(value) > Math.abs(largest) ? value : largest;
        }
        if (Math.abs(largest) < NOTHING) {
            Arrays.fill(q, at, at + GROUP, 0);
            return 0;
        }
        float scale = 0;
        float best = 0;
        // Step 0, the plain quotient, comes first and is taken whatever the others are.
        for (int n = 0; n <= 18; n++) {
            int step = n == 0 ? 0 : n <= 9 ? n - 10 : n - 9;
            float inverse = -(32 + 0.1f * step) / largest;
            float sumXL = 0;
            float sumL2 = 0;
            for (int i = 0; i < GROUP; i++) {
                float value = x[first + i];
                int l = level(inverse * value);
                float w = value * value;
                sumXL += w * value * l;
                sumL2 += w * l * l;
            }
            boolean better = n == 0 || sumL2 > 0 && sumXL * sumXL > best * sumL2;
            if (better) {
                scale = sumL2 != 0 ? sumXL / sumL2 : 0;
                best = scale * sumXL;
                for (int i = 0; i < GROUP; i++) {
                    q[at + i] = level(inverse * x[first + i]) + 32;
                }
            }
        }
        return scale;
    }
}
