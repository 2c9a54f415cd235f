package io.github.mamba4j.weights.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.safetensors.SafetensorsBytes;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversionTest {
    private static float bf16(float value) {
        return DType.bf16ToFloat(Conversion.floatToBf16(value));
    }

    @Test
    void roundsToTheNearestBf16() {
        // All finite pairs of neighbours: below the middle down, above it up, the middle itself to the even one.
        for (int bits = 0; bits < 0x7f7f; bits++) {
            int low = bits << 16;
            float value = Float.intBitsToFloat(low);
            float next = Float.intBitsToFloat(low + 0x10000);
            float even = bits % 2 == 0 ? value : next;
            assertEquals(value, bf16(value));
            assertEquals(value, bf16(Float.intBitsToFloat(low + 0x7fff)));
            assertEquals(even, bf16(Float.intBitsToFloat(low + 0x8000)));
            assertEquals(next, bf16(Float.intBitsToFloat(low + 0x8001)));
            assertEquals(-even, bf16(-Float.intBitsToFloat(low + 0x8000)));
        }
    }

    @Test
    void keepsWhatIsNotFinite() {
        assertEquals(Float.POSITIVE_INFINITY, bf16(Float.POSITIVE_INFINITY));
        assertEquals(Float.NEGATIVE_INFINITY, bf16(-Float.MAX_VALUE));
        assertTrue(Float.isNaN(bf16(Float.NaN)));
        assertTrue(Float.isNaN(bf16(Float.intBitsToFloat(0x7f800001))));
        assertTrue(Float.isNaN(bf16(Float.intBitsToFloat(0xffffffff))));
    }

    @ParameterizedTest
    @CsvSource({"0x1.004p0, 0x1.004p0", "0x1.002p0, 1", "0x1.002002p0, 0x1.004p0", "0x1.006p0, 0x1.008p0",
            "65519, 65504", "0x1p-25, 0", "0x1.8p-25, 0x1p-24"})
    void roundsToTheNearestF16(float value, float expected) {
        Tensor tensor = SafetensorsBytes.tensor("t", DType.F32, List.of(1L, 1L), value);
        Matrix matrix = Conversion.convert(tensor, DType.F16, Arena.ofAuto());
        assertEquals(expected, matrix.get(0, 0));
    }

    @Test
    void refusesFiniteValuesThatBecomeInfiniteInF16() {
        for (float value : new float[]{65520, -65520, Float.MAX_VALUE}) {
            Tensor tensor = SafetensorsBytes.tensor("t", DType.F32, List.of(1L, 1L), value);
            assertThrows(ArithmeticException.class,
                    () -> Conversion.convert(tensor, DType.F16, Arena.ofAuto()));
        }
        Tensor infinite = SafetensorsBytes.tensor("t", DType.F32, List.of(1L, 1L), Float.POSITIVE_INFINITY);
        assertEquals(Float.POSITIVE_INFINITY,
                Conversion.convert(infinite, DType.F16, Arena.ofAuto()).get(0, 0));
    }

    @ParameterizedTest
    @CsvSource({"F64, F32", "F64, F16", "F64, BF16", "F32, F16", "F32, BF16", "F16, F32", "F16, BF16", "BF16, F32",
            "BF16, F16"})
    void keepsTheShapeAndExactValues(DType from, DType to) {
        Tensor tensor = SafetensorsBytes.tensor("t", from, List.of(2L, 3L), 1, -2, 0.5f, 4, 5, -6);
        Matrix matrix = Conversion.convert(tensor, to, Arena.ofAuto());
        assertEquals(to, matrix.dtype());
        assertEquals(2, matrix.rows());
        assertEquals(0.5f, matrix.get(0, 2));
        assertEquals(-6, matrix.get(1, 2));
    }

    @Test
    void leavesAMatrixOfTheWantedFormatInPlace() {
        Tensor tensor = SafetensorsBytes.tensor("t", DType.F16, List.of(1L, 2L), 1, 2);
        assertSame(tensor.data(), Conversion.convert(tensor, DType.F16, Arena.ofAuto()).data());
    }
}
