package io.github.mamba4j.weights.file;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.file.safetensors.SafetensorsBytes;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
    private static Tensor bytes(DType dtype, List<Long> shape, int... values) {
        byte[] data = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            data[i] = (byte) values[i];
        }
        return new Tensor("t", dtype, shape, MemorySegment.ofArray(data));
    }

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void widensFloats(DType dtype) {
        float[] values = {0, -0f, 1, -1.5f, 0x1p-10f, Float.POSITIVE_INFINITY, 1024};
        assertArrayEquals(values, SafetensorsBytes.tensor("t", dtype, List.of(7L), values).toFloats());
    }

    @Test
    void readsIntegersLittleEndian() {
        assertArrayEquals(new long[]{0x0807060504030201L},
                bytes(DType.I64, List.of(1L), 1, 2, 3, 4, 5, 6, 7, 8).toLongs());
        assertArrayEquals(new long[]{-2, 1}, bytes(DType.I32, List.of(2L), 0xfe, 255, 255, 255, 1, 0, 0, 0).toLongs());
        assertArrayEquals(new long[]{-256}, bytes(DType.I16, List.of(1L), 0, 255).toLongs());
        assertArrayEquals(new long[]{-1}, bytes(DType.I8, List.of(), 255).toLongs());
        assertArrayEquals(new long[]{255}, bytes(DType.U8, List.of(), 255).toLongs());
    }

    @Test
    void becomesAMatrixInPlaceAlsoAtAnOddAddress() {
        Tensor tensor = SafetensorsBytes.tensor("t", DType.F32, List.of(2L, 3L), 1, 2, 3, 4, 5, 6);
        MemorySegment shifted = MemorySegment.ofArray(new byte[25]).asSlice(1).copyFrom(tensor.data());
        Matrix matrix = new Tensor("t", DType.F32, List.of(2L, 3L, 1L), shifted).toMatrix();
        assertEquals(2, matrix.rows());
        assertEquals(6, matrix.get(1, 2));
        assertEquals(shifted, matrix.data());
    }

    @Test
    void refusesWhatIsNotAMatrix() {
        for (List<Long> shape : List.of(List.of(4L), List.of(2L, 1L, 2L))) {
            Tensor tensor = SafetensorsBytes.tensor("t", DType.F32, shape, 1, 2, 3, 4);
            var e = assertThrows(IllegalArgumentException.class, tensor::toMatrix);
            assertEquals("tensor 't': expected a matrix, found F32 " + shape, e.getMessage());
        }
        Tensor integers = bytes(DType.U8, List.of(1L, 1L), 1);
        assertThrows(IllegalArgumentException.class, integers::toMatrix);
        assertThrows(IllegalArgumentException.class, integers::toFloats);
        Tensor floats = SafetensorsBytes.tensor("t", DType.F32, List.of(0L, 4L));
        assertThrows(IllegalArgumentException.class, floats::toMatrix);
        assertThrows(IllegalArgumentException.class, floats::toLongs);
    }

    @ParameterizedTest
    @CsvSource({"'', 4", "'3', 12", "'2,3', 24", "'0', 0", "'0,9223372036854775807', -1",
            "'4294967296,0,4294967296', -1",
            "'2305843009213693951', 9223372036854775804", "'2305843009213693952', -1", "'4294967296,4294967296', -1",
            "'-1', -1", "'0,-1', -1"})
    void multipliesSizesWithoutOverflow(String sizes, long expected) {
        List<Long> shape = sizes.isEmpty() ? List.of() : List.of(sizes.split(",")).stream().map(Long::valueOf).toList();
        assertEquals(expected, StoredType.F32.byteSize(shape));
    }

    @Test
    void refusesDataOfAnotherLength() {
        assertThrows(IllegalArgumentException.class, () -> bytes(DType.F32, List.of(1L), 1, 2, 3));
    }
}
