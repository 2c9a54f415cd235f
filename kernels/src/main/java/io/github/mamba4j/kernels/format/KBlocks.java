package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What {@link Format#Q4_K} and {@link Format#Q5_K} share: bytes 0-1 the scale d of the scales, 2-3 the scale m of the
 * minima, 4-15 the scales and minima of 32 elements each, in 6 bits; {@code (d * scale) * q - (m * minimum)}.
 *
 * <p>Scale s and minimum s: for s &lt; 4 the lower six bits of byte s and of byte s + 4; for the others the lower and the
 * upper half of byte s + 4 with the two highest bits of byte s - 4 and of byte s above them.
 */
abstract sealed class KBlocks extends Blocks implements Blocks.Encoder permits Q4_KBlocks, Q5_KBlocks {
    /** Elements that share a scale. */
    static final int GROUP = 32;

    private static final int GROUPS = K / GROUP;

    private final int largest;
    private final float firstStep;
    private final int steps;

    /**
     * What a format adds.
     *
     * @param bytes of a block
     * @param largest the largest q
     * @param firstStep where the search for scales begins, see {@link ScaleSearch}
     * @param steps how many steps it goes
     */
    KBlocks(int bytes, int largest, float firstStep, int steps) {
        super(K, bytes);
        this.largest = largest;
        this.firstStep = firstStep;
        this.steps = steps;
    }

    /** Decodes the 32 elements of a group. */
    abstract void decodeGroup(MemorySegment data, long block, int group, float scale, float minimum, float[] to,
            int at);

    /** Writes the 256 numbers q of a block. */
    abstract void writeNumbers(int[] q, MemorySegment to, long block);

    @Override
    final void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int end = at + count; at < end; at += K, offset += bytes()) {
            float d = f16(data, offset);
            float m = f16(data, offset + 2);
            for (int group = 0; group < GROUPS; group++) {
                float scale = d * scale(data, offset + 4, group);
                float minimum = m * minimum(data, offset + 4, group);
                decodeGroup(data, offset, group, scale, minimum, to, at + group * GROUP);
            }
        }
    }

    private static int scale(MemorySegment data, long scales, int group) {
        return group < 4
                ? u8(data, scales + group) & 63
                : u8(data, scales + group + 4) & 15 | u8(data, scales + group - 4) >> 6 << 4;
    }

    private static int minimum(MemorySegment data, long scales, int group) {
        return group < 4
                ? u8(data, scales + group + 4) & 63
                : u8(data, scales + group + 4) >> 4 | u8(data, scales + group) >> 6 << 4;
    }

    @Override
    public final void encode(float[] from, int at, int count, MemorySegment to, long offset) {
        var fit = new Fit();
        for (int end = at + count; at < end; at += K, offset += bytes()) {
            fit.search(from, at);
            fit.writeScales(to, offset);
            fit.round(from, at, to, offset);
            writeNumbers(fit.q, to, offset);
        }
    }

    /** The work on one block. */
    private final class Fit {
        private final int[] q = new int[K];
        private final float[] scales = new float[GROUPS];
        private final float[] minima = new float[GROUPS];
        private final float[] weights = new float[GROUP];
        private final ScaleSearch search = new ScaleSearch(largest, firstStep, steps);

        /** Finds for each group the scale and the minimum of the least weighted squared error. */
        void search(float[] from, int at) {
            for (int group = 0; group < GROUPS; group++) {
                int first = at + group * GROUP;
                float squares = 0;
                for (int i = 0; i < GROUP; i++) {
                    squares += from[first + i] * from[first + i];
                }
                float typical = (float) Math.sqrt(squares / GROUP);
                for (int i = 0; i < GROUP; i++) {
                    weights[i] = typical + Math.abs(from[first + i]);
                }
                search.find(from, first, weights, q, group * GROUP);
                scales[group] = search.scale();
                minima[group] = search.minimum();
            }
        }

        void writeScales(MemorySegment to, long block) {
            float maxScale = max(scales);
            float maxMinimum = max(minima);
            float scaleInverse = maxScale > 0 ? 63 / maxScale : 0;
            float minimumInverse = maxMinimum > 0 ? 63 / maxMinimum : 0;
            int[] packed = new int[12];
            for (int group = 0; group < GROUPS; group++) {
                int scale = level(scaleInverse * scales[group]);
                int minimum = level(minimumInverse * minima[group]);
                if (group < 4) {
                    packed[group] = scale;
                    packed[group + 4] = minimum;
                } else {
                    packed[group + 4] = scale & 15 | (minimum & 15) << 4;
                    packed[group - 4] |= scale >> 4 << 6;
                    packed[group] |= minimum >> 4 << 6;
                }
            }
            putF16(to, block, maxScale / 63);
            putF16(to, block + 2, maxMinimum / 63);
            for (int i = 0; i < 12; i++) {
                to.set(ValueLayout.JAVA_BYTE, block + 4 + i, (byte) packed[i]);
            }
        }

        private int level(float x) {
            return Math.min(63, Rounding.nearest(x) & 0xff);
        }

        private static float max(float[] values) {
            float max = 0;
            for (float value : values) {
                if (value > max) {
                    max = value;
                }
            }
            return max;
        }

        /** Chooses the numbers once more, for the scales as they are stored. */
        void round(float[] from, int at, MemorySegment to, long block) {
            float d = f16(to, block);
            float m = f16(to, block + 2);
            for (int group = 0; group < GROUPS; group++) {
                float scale = d * KBlocks.scale(to, block + 4, group);
                if (scale == 0) {
                    continue;
                }
                float minimum = m * KBlocks.minimum(to, block + 4, group);
                for (int i = group * GROUP; i < (group + 1) * GROUP; i++) {
                    q[i] = Math.clamp(Rounding.nearest((from[at + i] + minimum) / scale), 0, largest);
                }
            }
        }
    }
}
