package io.github.mamba4j.weights.file.gguf;

/** The types of metadata, in the order of the numbers that files hold. */
public enum GgufValueType {
    /** Unsigned 8-bit integer. */
    UINT8(1),
    /** Signed 8-bit integer. */
    INT8(1),
    /** Unsigned 16-bit integer. */
    UINT16(2),
    /** Signed 16-bit integer. */
    INT16(2),
    /** Unsigned 32-bit integer. */
    UINT32(4),
    /** Signed 32-bit integer. */
    INT32(4),
    /** IEEE 754 binary32. */
    FLOAT32(4),
    /** One byte, 0 or 1. */
    BOOL(1),
    /** A length in 64 bits, then that many bytes of UTF-8. */
    STRING(0),
    /** A type, a length in 64 bits, then that many values. */
    ARRAY(0),
    /** Unsigned 64-bit integer. */
    UINT64(8),
    /** Signed 64-bit integer. */
    INT64(8),
    /** IEEE 754 binary64. */
    FLOAT64(8);

    private static final GgufValueType[] BY_NUMBER = values();

    private final int bytes;

    GgufValueType(int bytes) {
        this.bytes = bytes;
    }

    /** The size of a value; 0 for strings and arrays, which differ. */
    int bytes() {
        return bytes;
    }

    /** The least size of a value in bytes. */
    int leastBytes() {
        return switch (this) {
            case STRING -> Long.BYTES;
            case ARRAY -> Integer.BYTES + Long.BYTES;
            default -> bytes;
        };
    }

    /** Whether values are whole numbers. */
    boolean isInteger() {
        return switch (this) {
            case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
            case FLOAT32, FLOAT64, BOOL, STRING, ARRAY -> false;
        };
    }

    /** The type of a number; null if there is none. */
    static GgufValueType of(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
    }
}
