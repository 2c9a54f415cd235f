package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/** {@link Format#BF16}: the upper 16 bits of a float32; narrowing rounds to the nearest, ties to even. */
final class BF16Blocks extends Blocks implements Blocks.Encoder {
    BF16Blocks() {
        super(1, 2);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] = Float.intBitsToFloat(data.get(I16, offset + 2L * i) << 16);
        }
    }

    @Override
    public void encode(float[] from, int at, int count, MemorySegment to, long offset) {
        for (int i = 0; i < count; i++) {
            float value = from[at + i];
            short bits = narrow(value);
            if ((bits & 0x7fff) == 0x7f80 && !Float.isInfinite(value)) {
                throw new IllegalArgumentException(
                        "BF16: expected values of at most 3.3895e38 in size, found " + value + " at index " + (at + i));
            }
            to.set(I16, offset + 2L * i, bits);
        }
    }

    private static short narrow(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (Float.isNaN(value)) {
            // The bit that keeps a NaN a NaN when its lower half is cut off.
            return (short) (bits >>> 16 | 0x40);
        }
        return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
    }
}
