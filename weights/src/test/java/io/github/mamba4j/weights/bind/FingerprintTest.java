package io.github.mamba4j.weights.bind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static final int ROWS = 1024;
    private static final int COLS = 3000;

    private static Parameter matrix(MemorySegment data, DType dtype, int rows) {
        int cols = (int) (data.byteSize() / dtype.bytes() / rows);
        return new Parameter("in_proj.weight", Role.PROJECTION, dtype, List.of(rows, cols), data);
    }

    private static Parameter vector(float... values) {
        return new Parameter("norm.weight", Role.EXACT, DType.F32, List.of(values.length),
                MemorySegment.ofArray(values));
    }

    /** 12 MB: several of the pieces that are checked one by one, the last of them not whole. */
    @Test
    void seesOneValueAnywhereInALargeMatrix() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment data = arena.allocate(4L * ROWS * COLS);
            List<Parameter> parameters = List.of(matrix(data, DType.F32, ROWS));
            Set<Long> seen = new HashSet<>();
            seen.add(Fingerprint.of("c", parameters));
            long[] places = {0, 1, data.byteSize() / 2, (1 << 22) - 1, 1 << 22, (1 << 23) + 12345, data.byteSize() - 1};
            for (long at : places) {
                data.set(ValueLayout.JAVA_BYTE, at, (byte) 1);
                assertTrue(seen.add(Fingerprint.of("c", parameters)), () -> "byte " + at);
                data.set(ValueLayout.JAVA_BYTE, at, (byte) 0);
            }
            assertTrue(seen.contains(Fingerprint.of("c", parameters)));
        }
    }

    @Test
    void seesShapesFormatsOrderAndConfiguration() {
        MemorySegment data = MemorySegment.ofArray(new byte[]{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
        Parameter matrix = matrix(data, DType.F32, 2);
        Set<Long> seen = new HashSet<>();
        seen.add(Fingerprint.of("c", List.of(matrix, vector(1, 2), vector(3, 4))));
        seen.add(Fingerprint.of("d", List.of(matrix, vector(1, 2), vector(3, 4))));
        seen.add(Fingerprint.of("c", List.of(matrix, vector(3, 4), vector(1, 2))));
        seen.add(Fingerprint.of("c", List.of(matrix, vector(1, 2), vector(3, Math.nextUp(4f)))));
        seen.add(Fingerprint.of("c", List.of(matrix, vector(1, 2, 3, 4))));
        seen.add(Fingerprint.of("c", List.of(matrix(data, DType.F32, 4), vector(1, 2), vector(3, 4))));
        seen.add(Fingerprint.of("c", List.of(matrix(data, DType.F16, 2), vector(1, 2), vector(3, 4))));
        seen.add(Fingerprint.of("c", List.of(matrix(data, DType.BF16, 2), vector(1, 2), vector(3, 4))));
        assertEquals(8, seen.size());
    }

    @Test
    void isTheSameInTheHeapAndOutside() {
        MemorySegment heap = MemorySegment.ofArray(new float[]{1, 2, 3, 4});
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(16).copyFrom(heap);
            assertEquals(Fingerprint.of("c", List.of(matrix(heap, DType.F32, 2))),
                    Fingerprint.of("c", List.of(matrix(copy, DType.F32, 2))));
        }
    }
}
