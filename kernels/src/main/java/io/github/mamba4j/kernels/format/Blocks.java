package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The arithmetic of the blocks of one format. Callers have checked every argument. */
abstract sealed class Blocks
        permits F32Blocks, F16Blocks, BF16Blocks, Q8_0Blocks, Q4_0Blocks, Q4_1Blocks, Q5_0Blocks, Q5_1Blocks,
        Q2_KBlocks,
        Q3_KBlocks, KBlocks, Q6_KBlocks, IQ4_NLBlocks, IQ4_XSBlocks, TQ2_0Blocks, MXFP4Blocks {
    /** Elements of a block with two levels of scales. */
    static final int K = 256;

    static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final int size;
    private final int bytes;

    Blocks(int size, int bytes) {
        this.size = size;
        this.bytes = bytes;
    }

    /** Formats that values can be written in. */
    sealed interface Encoder permits F32Blocks, F16Blocks, BF16Blocks, Q8_0Blocks, Q4_0Blocks, KBlocks, Q6_KBlocks {
        /** Stores whole blocks. */
        void encode(float[] from, int at, int count, MemorySegment to, long offset);
    }

    /** Elements of a block. */
    final int size() {
        return size;
    }

    /** Bytes of a block. */
    final int bytes() {
        return bytes;
    }

    /** Decodes whole blocks. */
    abstract void decode(MemorySegment data, long offset, float[] to, int at, int count);

    static int u8(MemorySegment data, long offset) {
        return data.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
    }

    static float f16(MemorySegment data, long offset) {
        return Float.float16ToFloat(data.get(I16, offset));
    }

    /** Stores a scale and returns it as it is read back. */
    static float putF16(MemorySegment to, long offset, float scale) {
        short bits = Float.floatToFloat16(scale);
        float rounded = Float.float16ToFloat(bits);
        if (Float.isInfinite(rounded)) {
            throw new IllegalArgumentException(
                    "expected values whose scale is at most 65504 in size, found a scale of " + scale);
        }
        to.set(I16, offset, bits);
        return rounded;
    }
}
