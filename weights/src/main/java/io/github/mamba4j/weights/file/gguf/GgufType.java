package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.kernels.format.Format;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The types of tensors that ggml has or had, by the numbers that files hold. Those with a {@link Format} can be used; of
 * the others the size is known, so that a file can be looked at, or not even that.
 */
public enum GgufType {
    /** See {@link Format#F32}. */
    F32(0, Format.F32),
    /** See {@link Format#F16}. */
    F16(1, Format.F16),
    /** See {@link Format#Q4_0}. */
    Q4_0(2, Format.Q4_0),
    /** See {@link Format#Q4_1}. */
    Q4_1(3, Format.Q4_1),
    /** Removed from ggml in 2023. */
    Q4_2(4),
    /** Removed from ggml in 2023. */
    Q4_3(5),
    /** See {@link Format#Q5_0}. */
    Q5_0(6, Format.Q5_0),
    /** See {@link Format#Q5_1}. */
    Q5_1(7, Format.Q5_1),
    /** See {@link Format#Q8_0}. */
    Q8_0(8, Format.Q8_0),
    /** 8 bits with a sum, for activations. */
    Q8_1(9, 32, 40),
    /** See {@link Format#Q2_K}. */
    Q2_K(10, Format.Q2_K),
    /** See {@link Format#Q3_K}. */
    Q3_K(11, Format.Q3_K),
    /** See {@link Format#Q4_K}. */
    Q4_K(12, Format.Q4_K),
    /** See {@link Format#Q5_K}. */
    Q5_K(13, Format.Q5_K),
    /** See {@link Format#Q6_K}. */
    Q6_K(14, Format.Q6_K),
    /** 8 bits with sums, for activations. */
    Q8_K(15, 256, 292),
    /** 2.06 bits, from a table of vectors. */
    IQ2_XXS(16, 256, 66),
    /** 2.31 bits, from a table of vectors. */
    IQ2_XS(17, 256, 74),
    /** 3.06 bits, from a table of vectors. */
    IQ3_XXS(18, 256, 98),
    /** 1.56 bits, from a table of vectors. */
    IQ1_S(19, 256, 50),
    /** See {@link Format#IQ4_NL}. */
    IQ4_NL(20, Format.IQ4_NL),
    /** 3.44 bits, from a table of vectors. */
    IQ3_S(21, 256, 110),
    /** 2.56 bits, from a table of vectors. */
    IQ2_S(22, 256, 82),
    /** See {@link Format#IQ4_XS}. */
    IQ4_XS(23, Format.IQ4_XS),
    /** Signed 8-bit integers. */
    I8(24, 1, 1),
    /** Signed 16-bit integers. */
    I16(25, 1, 2),
    /** Signed 32-bit integers. */
    I32(26, 1, 4),
    /** Signed 64-bit integers. */
    I64(27, 1, 8),
    /** IEEE 754 binary64. */
    F64(28, 1, 8),
    /** 1.75 bits, from a table of vectors. */
    IQ1_M(29, 256, 56),
    /** See {@link Format#BF16}. */
    BF16(30, Format.BF16),
    /** Q4_0 in another order, removed from ggml in 2024. */
    Q4_0_4_4(31),
    /** Q4_0 in another order, removed from ggml in 2024. */
    Q4_0_4_8(32),
    /** Q4_0 in another order, removed from ggml in 2024. */
    Q4_0_8_8(33),
    /** 1.69 bits, ternary. */
    TQ1_0(34, 256, 54),
    /** See {@link Format#TQ2_0}. */
    TQ2_0(35, Format.TQ2_0),
    /** IQ4_NL in another order, removed from ggml in 2024. */
    IQ4_NL_4_4(36),
    /** IQ4_NL in another order, removed from ggml in 2024. */
    IQ4_NL_4_8(37),
    /** IQ4_NL in another order, removed from ggml in 2024. */
    IQ4_NL_8_8(38),
    /** See {@link Format#MXFP4}. */
    MXFP4(39, Format.MXFP4),
    /** 4 bits with scales in E4M3. */
    NVFP4(40, 64, 36),
    /** One bit. */
    Q1_0(41, 128, 18),
    /** 2 bits; programs disagree about the size of its blocks. */
    Q2_0(42);

    private static final GgufType[] BY_NUMBER = values();

    private final int number;
    private final int blockSize;
    private final int blockBytes;
    private final Format format;

    GgufType(int number, Format format) {
        this.number = number;
        this.blockSize = format.blockSize();
        this.blockBytes = format.blockBytes();
        this.format = format;
    }

    GgufType(int number, int blockSize, int blockBytes) {
        this.number = number;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
        this.format = null;
    }

    GgufType(int number) {
        this(number, 0, 0);
    }

    /**
     * The type of a number.
     *
     * @param number what a file holds
     * @return the type; empty if ggml has none of that number
     */
    public static Optional<GgufType> of(int number) {
        return number >= 0 && number < BY_NUMBER.length ? Optional.of(BY_NUMBER[number]) : Optional.empty();
    }

    /**
     * The type in which a format is stored.
     *
     * @param format the format
     * @return its type
     */
    public static GgufType of(Format format) {
        return valueOf(format.name());
    }

    /**
     * The number of this type in files.
     *
     * @return the number
     */
    public int number() {
        return number;
    }

    /**
     * The format that decodes this type.
     *
     * @return the format; empty if the type is not supported
     */
    public Optional<Format> format() {
        return Optional.ofNullable(format);
    }

    /**
     * How many elements a block holds.
     *
     * @return their number; 0 if it is not known
     */
    public int blockSize() {
        return blockSize;
    }

    /**
     * How many bytes a block takes.
     *
     * @return the size in bytes; 0 if it is not known
     */
    public int blockBytes() {
        return blockBytes;
    }

    /** The names of the types that can be used, for messages. */
    static String supported() {
        return Arrays.stream(Format.values()).map(Format::name).collect(Collectors.joining(", "));
    }
}
