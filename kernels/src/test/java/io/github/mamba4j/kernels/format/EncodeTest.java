package io.github.mamba4j.kernels.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Encoding, against what llama.cpp wrote and by the errors that a format may make. */
class EncodeTest {
    private static byte[] encode(Format format, float... values) {
        byte[] blocks = new byte[(int) format.bytes(values.length)];
        format.encode(values, 0, values.length, MemorySegment.ofArray(blocks), 0);
        return blocks;
    }

    private static float[] decode(Format format, byte[] blocks) {
        float[] values = new float[blocks.length / format.blockBytes() * format.blockSize()];
        format.decode(MemorySegment.ofArray(blocks), 0, values, 0, values.length);
        return values;
    }

    private static float[] random(int seed, int count, double deviation) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * deviation);
        }
        return values;
    }

    /** The weights of a model, as llama.cpp quantised them. */
    @ParameterizedTest
    @EnumSource(value = Format.class, names = {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_K", "Q5_K", "Q6_K"})
    void encodesToTheBytesOfTheReference(Format format) throws IOException {
        float[] weights = Arrays.copyOf(FormatTest.floats(Format.F32), FormatTest.REAL);
        byte[] expected = Arrays.copyOf(FormatTest.blocks(format), (int) format.bytes(FormatTest.REAL));
        assertArrayEquals(expected, encode(format, weights));
    }

    /** The error of a value, in parts of the largest one of 32: half a step, and what a step of 6 bits adds. */
    @ParameterizedTest
    @CsvSource({"F16, 0.0005", "BF16, 0.004", "Q8_0, 0.0045", "Q4_0, 0.126", "Q4_K, 0.11", "Q5_K, 0.055",
            "Q6_K, 0.035"})
    void theErrorIsBounded(Format format, double bound) {
        for (double deviation : new double[]{1e-2, 1, 300}) {
            float[] values = random(5, 256 * 40, deviation);
            float[] decoded = decode(format, encode(format, values));
            for (int block = 0; block < values.length; block += 32) {
                double largest = 0;
                double error = 0;
                for (int i = block; i < block + 32; i++) {
                    largest = Math.max(largest, Math.abs(values[i]));
                    error = Math.max(error, Math.abs(values[i] - decoded[i]));
                }
                assertTrue(error <= bound * largest, format + ": " + error / largest);
            }
        }
    }

    /** What comes out of Q8_0 and the plain formats goes in again as it is. */
    @ParameterizedTest
    @EnumSource(value = Format.class, names = {"F32", "F16", "BF16"})
    void decodedValuesOfPlainFormatsAreFixedPoints(Format format) throws IOException {
        assertArrayEquals(FormatTest.blocks(format), encode(format, FormatTest.floats(format)));
    }

    /** For Q8_0 and Q4_0 the scale is recovered up to the rounding of a division, which 11 bits absorb. */
    @ParameterizedTest
    @EnumSource(value = Format.class, names = {"Q8_0", "Q4_0"})
    void decodedValuesAreFixedPoints(Format format) {
        byte[] once = encode(format, random(9, 32 * 500, 0.3));
        assertArrayEquals(once, encode(format, decode(format, once)));
    }

    @ParameterizedTest
    @EnumSource(value = Format.class, names = {"Q8_0", "Q4_0", "Q4_K", "Q5_K", "Q6_K"})
    void zerosAndTinyValuesStayNearZero(Format format) {
        int size = format.blockSize();
        assertArrayEquals(new float[size], decode(format, encode(format, new float[size])), 0f);
        float[] tiny = new float[size];
        for (int i = 0; i < size; i++) {
            tiny[i] = (i - 16) * Float.MIN_VALUE;
        }
        for (float value : decode(format, encode(format, tiny))) {
            assertEquals(0, value, 1e-4);
        }
    }

    /** A constant: all the range is below it or above it. */
    @ParameterizedTest
    @EnumSource(value = Format.class, names = {"Q8_0", "Q4_0", "Q4_K", "Q5_K", "Q6_K"})
    void constantsOfBothSignsAreMet(Format format) {
        for (float constant : new float[]{3, -3}) {
            float[] values = new float[format.blockSize()];
            Arrays.fill(values, constant);
            for (float value : decode(format, encode(format, values))) {
                assertEquals(constant, value, 3 * 0.002);
            }
        }
    }

    @Test
    void halvesAreRoundedAsTheReferenceDoes() {
        float[] values = new float[32];
        values[0] = 127;
        values[1] = 2.5f;
        values[2] = -2.5f;
        values[3] = 0.49999997f;
        byte[] block = encode(Format.Q8_0, values);
        assertArrayEquals(new byte[]{0, 0x3c, 127, 3, -3, 0}, Arrays.copyOf(block, 6));
    }

    @Test
    void narrowingRoundsToTheNearestTiesToEven() {
        // 1 + 2^-8 lies between two BF16, the even one is 1; 1 + 3 * 2^-8 between two, the even one is 1 + 2^-6.
        assertArrayEquals(new byte[]{(byte) 0x80, 0x3f, (byte) 0x82, 0x3f, (byte) 0x81, 0x3f},
                encode(Format.BF16, 1 + 0x1p-8f, 1 + 3 * 0x1p-8f, 1 + 0x1.1p-8f));
        assertArrayEquals(new byte[]{0, 0x3c, 2, 0x3c}, encode(Format.F16, 1 + 0x1p-11f, 1 + 3 * 0x1p-11f));
        float[] special = {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.intBitsToFloat(0x7f800001), -0f};
        for (Format format : new Format[]{Format.F16, Format.BF16}) {
            float[] decoded = decode(format, encode(format, special));
            assertArrayEquals(special, decoded, 0f);
        }
    }

    @Test
    void whatAFormatCannotHoldIsRefused() {
        float[] values = new float[256];
        values[7] = Float.NaN;
        var e = assertThrows(IllegalArgumentException.class, () -> encode(Format.Q4_K, values));
        assertEquals("Q4_K: expected finite values of at most 2.6843546E8 in size, found NaN at index 7",
                e.getMessage());
        values[7] = Float.MAX_VALUE;
        for (Format format : new Format[]{Format.Q8_0, Format.Q4_0, Format.Q4_K, Format.Q5_K, Format.Q6_K, Format.F16,
                Format.BF16}) {
            assertThrows(IllegalArgumentException.class, () -> encode(format, values), format.name());
        }
        values[7] = 0x1p28f;
        e = assertThrows(IllegalArgumentException.class, () -> encode(Format.Q8_0, values));
        assertTrue(e.getMessage().endsWith("found a scale of 2113665.0"), e.getMessage());
        assertTrue(e.getMessage().startsWith("expected values whose scale"), e.getMessage());
        assertThrows(IndexOutOfBoundsException.class,
                () -> Format.Q8_0.encode(values, 0, 32, MemorySegment.ofArray(new byte[34]), 1));
    }
}
