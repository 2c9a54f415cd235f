package io.github.mamba4j.kernels.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Decoding, against gguf-py 0.19 and by hand. {@code format/NAME.blocks} holds 2,048 elements: 512 of a weight matrix that
 * llama.cpp quantised and 1,536 in random blocks with finite scales; {@code NAME.floats} what gguf-py's
 * {@code dequantize} gives for them.
 */
class FormatTest {
    /** Elements that begin each file and come from a model. */
    static final int REAL = 512;

    static byte[] blocks(Format format) throws IOException {
        return resource(format + ".blocks");
    }

    static float[] floats(Format format) throws IOException {
        float[] floats = new float[2048];
        ByteBuffer.wrap(resource(format + ".floats")).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
        return floats;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = FormatTest.class.getResourceAsStream("/format/" + name)) {
            return in.readAllBytes();
        }
    }

    static int[] bits(float[] floats) {
        int[] bits = new int[floats.length];
        Arrays.setAll(bits, i -> Float.floatToRawIntBits(floats[i]));
        return bits;
    }

    /** Decodes a block written in hexadecimal. */
    private static float[] decode(Format format, String hex) {
        byte[] block = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertEquals(format.blockBytes(), block.length);
        float[] values = new float[format.blockSize()];
        format.decode(MemorySegment.ofArray(block), 0, values, 0, values.length);
        return values;
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void decodesToTheBitsOfTheReference(Format format) throws IOException {
        byte[] blocks = blocks(format);
        float[] expected = floats(format);
        assertEquals(blocks.length, format.bytes(expected.length));
        float[] values = new float[expected.length];
        format.decode(MemorySegment.ofArray(blocks), 0, values, 0, values.length);
        assertArrayEquals(bits(expected), bits(values));
    }

    /** Blocks in the middle of something, not aligned, leave what is around them alone. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void decodesAnyRangeOfBlocks(Format format) throws IOException {
        byte[] blocks = blocks(format);
        byte[] shifted = new byte[blocks.length + 1];
        System.arraycopy(blocks, 0, shifted, 1, blocks.length);
        int size = format.blockSize();
        float[] values = new float[2 * size + 5];
        Arrays.fill(values, 77);
        format.decode(MemorySegment.ofArray(shifted), 1 + 3L * format.blockBytes(), values, 3, 2 * size);
        float[] expected = new float[values.length];
        Arrays.fill(expected, 77);
        System.arraycopy(floats(format), 3 * size, expected, 3, 2 * size);
        assertArrayEquals(bits(expected), bits(values));
    }

    @ParameterizedTest
    @CsvSource({"F32, 1, 4", "F16, 1, 2", "BF16, 1, 2", "Q8_0, 32, 34", "Q4_0, 32, 18", "Q4_1, 32, 20", "Q5_0, 32, 22",
            "Q5_1, 32, 24", "Q2_K, 256, 84", "Q3_K, 256, 110", "Q4_K, 256, 144", "Q5_K, 256, 176", "Q6_K, 256, 210",
            "IQ4_NL, 32, 18", "IQ4_XS, 256, 136", "TQ2_0, 256, 66", "MXFP4, 32, 17"})
    void sizes(Format format, int size, int bytes) {
        assertEquals(size, format.blockSize());
        assertEquals(bytes, format.blockBytes());
        assertEquals(3L * bytes, format.bytes(3L * size));
        assertEquals(0, format.bytes(0));
        assertThrows(IllegalArgumentException.class, () -> format.bytes(-size));
        if (size > 1) {
            var e = assertThrows(IllegalArgumentException.class, () -> format.bytes(size + 1));
            assertEquals(format + ": expected elements in whole blocks of " + size + ", found " + (size + 1),
                    e.getMessage());
        }
    }

    @Test
    void sizesDoNotOverflow() {
        assertThrows(ArithmeticException.class, () -> Format.F32.bytes(1L << 61));
        assertThrows(ArithmeticException.class, () -> Format.Q8_0.bytes(Long.MAX_VALUE / 32 * 32));
    }

    @Test
    void theArgumentsAreChecked() {
        MemorySegment data = MemorySegment.ofArray(new byte[36]);
        float[] to = new float[40];
        assertThrows(IllegalArgumentException.class, () -> Format.Q4_0.decode(data, 0, to, 0, 31));
        assertThrows(IndexOutOfBoundsException.class, () -> Format.Q4_0.decode(data, 0, to, 9, 32));
        assertThrows(IndexOutOfBoundsException.class, () -> Format.Q4_0.decode(data, 19, to, 0, 32));
        assertThrows(IndexOutOfBoundsException.class, () -> Format.Q4_0.decode(data, -1, to, 0, 32));
        assertThrows(IndexOutOfBoundsException.class, () -> Format.Q4_0.decode(data, Long.MAX_VALUE, to, 0, 32));
        assertThrows(IndexOutOfBoundsException.class, () -> Format.Q4_0.decode(data, 0, to, 0, -32));
    }

    /** d = 0.5 (0x3800); elements 0, 16, 1, 17. */
    @Test
    void q4_0ByHand() {
        float[] x = decode(Format.Q4_0, "0038 f0 87" + "88".repeat(14));
        assertArrayEquals(new float[]{-4, 3.5f, -0.5f, 0}, new float[]{x[0], x[16], x[1], x[17]});
        assertEquals(0, x[31]);
    }

    @Test
    void q8_0ByHand() {
        float[] x = decode(Format.Q8_0, "00c0 7f80 ff" + "00".repeat(29));
        assertArrayEquals(new float[]{-254, 256, 2, -0f}, new float[]{x[0], x[1], x[2], x[3]});
    }

    @Test
    void q4_1AndQ5_1ByHand() {
        float[] x = decode(Format.Q4_1, "003c 00bc f2" + "00".repeat(15));
        assertArrayEquals(new float[]{1, 14, -1}, new float[]{x[0], x[16], x[1]});
        // Bits 0 and 17 of the highest bits: elements 0 and 17.
        x = decode(Format.Q5_1, "003c 00bc 01000200 f2 10" + "00".repeat(14));
        assertArrayEquals(new float[]{17, 14, -1, 16}, new float[]{x[0], x[16], x[1], x[17]});
    }

    @Test
    void q5_0ByHand() {
        float[] x = decode(Format.Q5_0, "003c 00000180 1f" + "00".repeat(15));
        assertArrayEquals(new float[]{-1, 1, -16, 0}, new float[]{x[0], x[16], x[1], x[31]});
    }

    /** d = 2, m = 1; the first group has scale 3 and minimum 4, the last 2-bit number of its first byte is 3. */
    @Test
    void q2_kByHand() {
        float[] x = decode(Format.Q2_K, "43" + "00".repeat(15) + "c1" + "00".repeat(63) + "0040 003c");
        assertArrayEquals(new float[]{6 * 1 - 4, -4, 0}, new float[]{x[0], x[1], x[96]});
    }

    /** Scale 0 is 33 - 32: its lower bits are 1, its upper bits 2. Element 0 is 7 - 4, element 32 is 2 - 4. */
    @Test
    void q3_kByHand() {
        float[] x = decode(Format.Q3_K,
                "01" + "00".repeat(31) + "0b" + "00".repeat(63) + "01" + "00".repeat(7) + "02000000" + "003c");
        assertEquals(3, x[0]);
        // Scale 2 is 0 - 32.
        assertEquals(-32 * (2 - 4), x[32]);
        assertEquals(-32 * -4, x[255]);
    }

    /**
     * d = 1, m = 2; group 0: scale 5, minimum 6; group 4: scale 0x21, minimum 0x13, whose upper bits lie in bytes 0 and 4.
     */
    @Test
    void q4_kByHand() {
        float[] x = decode(Format.Q4_K,
                "003c 0040" + "85000000" + "46000000" + "31000000" + "a9" + "00".repeat(127));
        assertArrayEquals(new float[]{5 * 9 - 12, -12}, new float[]{x[0], x[1]});
        // Group 1 has scale and minimum 0.
        assertEquals(0, x[32]);
        assertEquals(-2 * 0x13, x[128]);
    }

    @Test
    void q5_kByHand() {
        float[] x = decode(Format.Q5_K, "003c 0040" + "05000000" + "46000000" + "00000000" + "01" + "00".repeat(31)
                + "a9" + "00".repeat(127));
        assertArrayEquals(new float[]{5 * 25 - 12, -12, 0}, new float[]{x[0], x[1], x[32]});
    }

    @Test
    void q6_kByHand() {
        // Element 0: lower bits 9, upper bits 1; element 64: lower bits 10, upper bits 3; scales -2 and 3.
        float[] x = decode(Format.Q6_K, "a9" + "00".repeat(127) + "31" + "00".repeat(63) + "fe000000" + "03"
                + "00".repeat(11) + "003c");
        assertArrayEquals(new float[]{-2 * (25 - 32), 3 * (58 - 32), -2 * -32}, new float[]{x[0], x[64], x[1]});
    }

    @Test
    void theIq4FormatsByHand() {
        float[] x = decode(Format.IQ4_NL, "003c f8" + "00".repeat(15));
        assertArrayEquals(new float[]{1, 113, -127}, new float[]{x[0], x[16], x[1]});
        // Scale 0: lower bits 3, upper bits 2; scale 1: lower bits 4, upper bits 1.
        x = decode(Format.IQ4_XS, "003c 0600 43000000 f8" + "00".repeat(127));
        assertArrayEquals(new float[]{3, 3 * 113, -12 * -127}, new float[]{x[0], x[16], x[32]});
    }

    @Test
    void tq2_0ByHand() {
        float[] x = decode(Format.TQ2_0, "e4" + "00".repeat(63) + "0040");
        assertArrayEquals(new float[]{-2, 0, 2, 4, -2}, new float[]{x[0], x[32], x[64], x[96], x[128]});
    }

    /** e = 128 is a scale of 2; the largest is 6, code 15 is -6. */
    @Test
    void mxfp4ByHand() {
        float[] x = decode(Format.MXFP4, "80 f7 19" + "00".repeat(14));
        assertArrayEquals(new float[]{12, -12, -1, 1}, new float[]{x[0], x[16], x[1], x[17]});
        assertEquals(0x1p-128f * 12, decode(Format.MXFP4, "00 07" + "00".repeat(15))[0]);
        assertEquals(0x1p-127f * 12, decode(Format.MXFP4, "01 07" + "00".repeat(15))[0]);
        assertEquals(0x1p-126f * 12, decode(Format.MXFP4, "02 07" + "00".repeat(15))[0]);
    }

    @Test
    void whatCanBeWritten() {
        Format[] writable = Arrays.stream(Format.values()).filter(Format::canEncode).toArray(Format[]::new);
        assertArrayEquals(new Format[]{Format.F32, Format.F16, Format.BF16, Format.Q8_0, Format.Q4_0, Format.Q4_K,
                Format.Q5_K, Format.Q6_K}, writable);
        assertFalse(Format.Q5_0.canEncode());
        var e = assertThrows(UnsupportedOperationException.class,
                () -> Format.Q5_0.encode(new float[32], 0, 32, MemorySegment.ofArray(new byte[22]), 0));
        assertTrue(e.getMessage().startsWith("values cannot be written as Q5_0"), e.getMessage());
    }
}
