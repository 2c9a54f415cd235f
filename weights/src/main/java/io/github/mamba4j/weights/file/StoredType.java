package io.github.mamba4j.weights.file;

import io.github.mamba4j.kernels.DType;
import java.util.List;
import java.util.Optional;

/**
 * The types that elements of a tensor are stored in: those of safetensors 0.8, under its names. Tensors of all of them
 * can be looked at and left alone; those with a {@link #dtype} can be computed with.
 */
public enum StoredType {
    /** IEEE 754 binary64. */
    F64(DType.F64),
    /** IEEE 754 binary32. */
    F32(DType.F32),
    /** IEEE 754 binary16. */
    F16(DType.F16),
    /** The upper half of a binary32. */
    BF16(DType.BF16),
    /** Signed 64-bit integer. */
    I64(DType.I64),
    /** Signed 32-bit integer. */
    I32(DType.I32),
    /** Signed 16-bit integer. */
    I16(DType.I16),
    /** Signed 8-bit integer. */
    I8(DType.I8),
    /** Unsigned 8-bit integer. */
    U8(DType.U8),
    /** One byte, 0 or 1. */
    BOOL(DType.BOOL),
    /** Unsigned 16-bit integer. */
    U16(16),
    /** Unsigned 32-bit integer. */
    U32(32),
    /** Unsigned 64-bit integer. */
    U64(64),
    /** 8 bits, 4 of them exponent. */
    F8_E4M3(8),
    /** 8 bits, 5 of them exponent. */
    F8_E5M2(8),
    /** 8 bits, 4 of them exponent, without a negative zero. */
    F8_E4M3FNUZ(8),
    /** 8 bits, 5 of them exponent, without a negative zero. */
    F8_E5M2FNUZ(8),
    /** A power of 2 in 8 bits. */
    F8_E8M0(8),
    /** 6 bits, 2 of them exponent. */
    F6_E2M3(6),
    /** 6 bits, 3 of them exponent. */
    F6_E3M2(6),
    /** 4 bits, 2 of them exponent. */
    F4(4),
    /** A complex number of two binary32. */
    C64(64);

    private final int bits;
    private final Optional<DType> dtype;

    StoredType(DType dtype) {
        this.bits = 8 * dtype.bytes();
        this.dtype = Optional.of(dtype);
    }

    StoredType(int bits) {
        this.bits = bits;
        this.dtype = Optional.empty();
    }

    /**
     * The type of a format that can be computed with.
     *
     * @param dtype the format
     * @return the type of that name
     */
    public static StoredType of(DType dtype) {
        return valueOf(dtype.name());
    }

    /**
     * The type of a name.
     *
     * @param name what a file calls it
     * @return the type, if there is one
     */
    public static Optional<StoredType> find(String name) {
        for (StoredType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }

    /**
     * The format that can be computed with.
     *
     * @return the format; empty if values of this type can only be left alone
     */
    public Optional<DType> dtype() {
        return dtype;
    }

    /**
     * The size of one element.
     *
     * @return the size in bits
     */
    public int bits() {
        return bits;
    }

    /**
     * The number of bytes that a tensor takes.
     *
     * @param shape the sizes
     * @return the size, or -1 if a size is negative, the product leaves the range of a long, or the last byte is not full
     */
    public long byteSize(List<Long> shape) {
        // In whole bytes where that is possible: their number may fit where that of the bits does not.
        boolean wholeBytes = bits % 8 == 0;
        long size = wholeBytes ? bits / 8 : bits;
        boolean empty = false;
        for (long count : shape) {
            if (count < 0) {
                return -1;
            }
            // A zero does not excuse the sizes around it: their product has to stay in range, too.
            if (count == 0) {
                empty = true;
            } else if (Math.multiplyHigh(size, count) != 0 || size * count < 0) {
                return -1;
            } else {
                size *= count;
            }
        }
        if (empty) {
            return 0;
        }
        if (wholeBytes) {
            return size;
        }
        return size % 8 == 0 ? size / 8 : -1;
    }
}
