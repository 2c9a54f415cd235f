package io.github.mamba4j.kernels.format;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A stored number format. Elements are stored in blocks of a fixed number of elements and bytes, one after the other
 * without gaps; numbers of several bytes are little-endian.
 *
 * <p>The blocks are those of ggml, the library that GGUF files come from: formats {@code Qn_0} hold a scale and integers
 * of n bits, {@code Qn_1} a scale and a minimum beside them, {@code Qn_K} have two levels of scales in blocks of 256,
 * {@code IQ4} pick from 16 levels that are not evenly spaced.
 *
 * <p>Thread-safe: constants without state.
 */
public enum Format {
    /** IEEE 754 binary32. */
    F32(new F32Blocks()),
    /** IEEE 754 binary16. */
    F16(new F16Blocks()),
    /** The upper half of a binary32. */
    BF16(new BF16Blocks()),
    /** A binary16 scale and 32 signed bytes: {@code q * d}. */
    Q8_0(new Q8_0Blocks()),
    /** A binary16 scale and 32 numbers of 4 bits: {@code d * (q - 8)}. */
    Q4_0(new Q4_0Blocks()),
    /** A binary16 scale and minimum and 32 numbers of 4 bits: {@code d * q + m}. */
    Q4_1(new Q4_1Blocks()),
    /** A binary16 scale and 32 numbers of 5 bits: {@code d * (q - 16)}. */
    Q5_0(new Q5_0Blocks()),
    /** A binary16 scale and minimum and 32 numbers of 5 bits: {@code d * q + m}. */
    Q5_1(new Q5_1Blocks()),
    /** 256 numbers of 2 bits; for each 16 a scale and a minimum of 4 bits. */
    Q2_K(new Q2_KBlocks()),
    /** 256 numbers of 3 bits; for each 16 a scale of 6 bits. */
    Q3_K(new Q3_KBlocks()),
    /** 256 numbers of 4 bits; for each 32 a scale and a minimum of 6 bits. */
    Q4_K(new Q4_KBlocks()),
    /** 256 numbers of 5 bits; for each 32 a scale and a minimum of 6 bits. */
    Q5_K(new Q5_KBlocks()),
    /** 256 numbers of 6 bits; for each 16 a scale of 8 bits. */
    Q6_K(new Q6_KBlocks()),
    /** A binary16 scale and 32 indices into 16 uneven levels. */
    IQ4_NL(new IQ4_NLBlocks()),
    /** 256 indices into 16 uneven levels; for each 32 a scale of 6 bits. */
    IQ4_XS(new IQ4_XSBlocks()),
    /** A binary16 scale and 256 numbers of 2 bits, of which -1, 0 and 1 are written: {@code d * (q - 1)}. */
    TQ2_0(new TQ2_0Blocks()),
    /** The format of the OCP Microscaling specification: a scale that is a power of 2 and 32 numbers in E2M1. */
    MXFP4(new MXFP4Blocks());

    /** No block with a binary16 scale holds more; most hold less, which shows in the scale. */
    private static final float MAX_SCALED = 0x1p28f;

    private final Blocks blocks;

    Format(Blocks blocks) {
        this.blocks = blocks;
    }

    /**
     * How many elements a block holds.
     *
     * @return 1, 32 or 256
     */
    public int blockSize() {
        return blocks.size();
    }

    /**
     * How many bytes a block takes.
     *
     * @return the size in bytes
     */
    public int blockBytes() {
        return blocks.bytes();
    }

    /**
     * How many bytes elements take.
     *
     * @param elements their number, whole blocks
     * @return the size in bytes
     * @throws IllegalArgumentException if the number is negative or does not fill whole blocks
     * @throws ArithmeticException if the size is not less than 2^63
     */
    public long bytes(long elements) {
        if (elements < 0 || elements % blockSize() != 0) {
            throw new IllegalArgumentException(
                    this + ": expected elements in whole blocks of " + blockSize() + ", found " + elements);
        }
        return Math.multiplyExact(elements / blockSize(), blockBytes());
    }

    /**
     * Gives the float32 values that stored elements stand for.
     *
     * @param data where they are stored
     * @param byteOffset where the first block begins in it, in bytes; needs no alignment
     * @param to where the values go
     * @param at the index of the first one in it
     * @param count how many, whole blocks
     * @throws IllegalArgumentException if the count does not fill whole blocks
     * @throws IndexOutOfBoundsException if the data or the array is too short
     */
    public void decode(MemorySegment data, long byteOffset, float[] to, int at, int count) {
        check(data, byteOffset, to, at, count);
        blocks.decode(data, byteOffset, to, at, count);
    }

    /**
     * Whether values can be written in this format.
     *
     * @return true for F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q5_K and Q6_K
     */
    public boolean canEncode() {
        return blocks instanceof Blocks.Encoder;
    }

    /**
     * Stores values, rounded to this format, as ggml's reference does it without an importance matrix: F16 and BF16 round
     * to the nearest, ties to even; the others choose for each block the scales that {@code quantize_row_*_ref} chooses.
     *
     * @param from the values
     * @param at the index of the first one
     * @param count how many, whole blocks
     * @param to where the blocks go
     * @param byteOffset where the first one begins, in bytes; needs no alignment
     * @throws IllegalArgumentException if the count does not fill whole blocks, or if a value is too large for the format
     *     or, in formats other than F32, F16 and BF16, is not finite
     * @throws IndexOutOfBoundsException if the segment or the array is too short
     * @throws UnsupportedOperationException if {@link #canEncode} says no
     */
    public void encode(float[] from, int at, int count, MemorySegment to, long byteOffset) {
        if (!(blocks instanceof Blocks.Encoder encoder)) {
            throw new UnsupportedOperationException("values cannot be written as " + this
                    + ", only as F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q5_K or Q6_K");
        }
        check(to, byteOffset, from, at, count);
        if (blocks.size() > 1) {
            checkSize(from, at, count);
        }
        encoder.encode(from, at, count, to, byteOffset);
    }

    private void check(MemorySegment data, long byteOffset, float[] values, int at, int count) {
        Objects.checkFromIndexSize(at, count, values.length);
        Objects.checkFromIndexSize(byteOffset, bytes(count), data.byteSize());
    }

    private void checkSize(float[] from, int at, int count) {
        for (int i = at; i < at + count; i++) {
            if (!(Math.abs(from[i]) <= MAX_SCALED)) {
                throw new IllegalArgumentException(this + ": expected finite values of at most " + MAX_SCALED
                        + " in size, found " + from[i] + " at index " + i);
            }
        }
    }
}
