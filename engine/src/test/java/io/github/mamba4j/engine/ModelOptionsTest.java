package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelOptionsTest {
    @Test
    void defaultsAreAllProcessorsAndWeightsAsStored() {
        var options = ModelOptions.defaults();
        assertEquals(Runtime.getRuntime().availableProcessors(), options.threads());
        assertEquals(KernelChoice.fromSystemProperty(), options.kernels());
        assertEquals(Optional.empty(), options.dtype());
        assertEquals(512, options.maxRowsPerPass());
        assertEquals(ModelOptions.UNBOUNDED, options.maxContext());
    }

    @Test
    void whatIsBuiltIsWhatWasSaid() {
        var options = ModelOptions.builder().threads(3).kernels(KernelChoice.SCALAR).dtype(DType.BF16)
                .maxRowsPerPass(17).maxContext(4096).build();
        assertEquals(new ModelOptions(3, KernelChoice.SCALAR, Optional.of(DType.BF16), 17, 4096), options);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1025, Integer.MAX_VALUE})
    void threadsOutOfRangeAreRefused(int threads) {
        var e = assertThrows(IllegalArgumentException.class, ModelOptions.builder().threads(threads)::build);
        assertEquals("threads: expected 1 to 1024, found " + threads, e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 8193})
    void rowsOutOfRangeAreRefused(int rows) {
        var e = assertThrows(IllegalArgumentException.class, ModelOptions.builder().maxRowsPerPass(rows)::build);
        assertEquals("maxRowsPerPass: expected 1 to 8192, found " + rows, e.getMessage());
    }

    @Test
    void aFormatThatNoKernelMultipliesByIsRefused() {
        var e = assertThrows(IllegalArgumentException.class, ModelOptions.builder().dtype(DType.I64)::build);
        assertEquals("dtype: expected F32, F16 or BF16, found I64", e.getMessage());
    }
}
