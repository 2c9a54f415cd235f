package io.github.mamba4j.kernels;

/** The number formats in which tensors are stored. Multi-byte values are little-endian. */
public enum DType {
    /** IEEE 754 binary64. */
    F64(8),
    /** IEEE 754 binary32, the format of all arithmetic. */
    F32(4),
    /** IEEE 754 binary16. */
    F16(2),
    /** The upper half of a binary32. */
    BF16(2),
    /** Signed 64-bit integer. */
    I64(8),
    /** Signed 32-bit integer. */
    I32(4),
    /** Signed 16-bit integer. */
    I16(2),
    /** Signed 8-bit integer. */
    I8(1),
    /** Unsigned 8-bit integer. */
    U8(1),
    /** One byte, 0 or 1. */
    BOOL(1);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /**
     * The size of one element.
     *
     * @return the size in bytes
     */
    public int bytes() {
        return bytes;
    }

    /**
     * Whether the kernels multiply by matrices stored in this format.
     *
     * @return true for F32, F16 and BF16
     */
    public boolean isMatrixFormat() {
        return this == F32 || this == F16 || this == BF16;
    }

    /**
     * The float32 that a BF16 bit pattern stands for; exact.
     *
     * @param bits the 16 bits
     * @return the same value as a float
     */
    public static float bf16ToFloat(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }
}
