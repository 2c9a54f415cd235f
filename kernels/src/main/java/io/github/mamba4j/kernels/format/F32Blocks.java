package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;

/** {@link Format#F32}: the value itself. */
final class F32Blocks extends Blocks implements Blocks.Encoder {
    F32Blocks() {
        super(1, 4);
    }

    @Override
    void decode(MemorySegment data, long offset, float[] to, int at, int count) {
        MemorySegment.copy(data, FLOAT, offset, to, at, count);
    }

    @Override
    public void encode(float[] from, int at, int count, MemorySegment to, long offset) {
        MemorySegment.copy(from, at, to, FLOAT, offset, count);
    }
}
