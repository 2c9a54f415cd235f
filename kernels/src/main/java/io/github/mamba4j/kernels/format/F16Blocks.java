package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/** {@link Format#F16}: widening is exact; narrowing rounds to the nearest, ties to even. */
final class F16Blocks extends Blocks implements Blocks.Encoder {
    F16Blocks() {
        super(1, 2);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] = Float.float16ToFloat(data.get(I16, offset + 2L * i));
        }
    }

    @Override
    public void encode(float[] from, int at, int count, MemorySegment to, long offset) {
        for (int i = 0; i < count; i++) {
            float value = from[at + i];
            short bits = Float.floatToFloat16(value);
            if (Float.isInfinite(Float.float16ToFloat(bits)) && !Float.isInfinite(value)) {
                throw new IllegalArgumentException(
                        "F16: expected values of at most 65504 in size, found " + value + " at index " + (at + i));
            }
            to.set(I16, offset + 2L * i, bits);
        }
    }
}
