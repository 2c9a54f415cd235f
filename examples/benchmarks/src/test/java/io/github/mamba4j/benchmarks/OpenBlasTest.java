package io.github.mamba4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests {@link OpenBlas}. */
class OpenBlasTest {
    @ParameterizedTest
    @CsvSource({"flags\t\t: fpu fma avx avx2 avx512f avx512dq avx512bw avx512vl amx_tile, SkylakeX",
            "flags\t\t: fpu fma avx avx2 avx512f avx512cd avx512er, Haswell",
            "flags\t\t: fpu fma  avx avx2 fpu sha_ni, Haswell",
            "flags\t\t: fpu avx avx2, ", "flags\t\t: fpu fma avx, ", "Features\t: fp asimd fma avx2, ", "flags\t\t:, "})
    void kernelsAreThoseOfTheProcessor(String line, String kernels) {
        List<String> processors = List.of("processor\t: 0", line, "", "processor\t: 1", line);
        assertEquals(Optional.ofNullable(kernels), OpenBlas.kernels(processors));
    }

    @Test
    void anUnknownProcessorIsLeftToOpenBlas() {
        assertEquals(Optional.empty(), OpenBlas.kernels(List.of()));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "Only POSIX has setenv, and only Linux needs it.")
    void nativeCodeSeesAVariableAndTheFirstValueStays() throws Throwable {
        OpenBlas.setUnlessSet("MAMBA4J_OPEN_BLAS_TEST", "first");
        assertEquals("first", nativeVariable("MAMBA4J_OPEN_BLAS_TEST"));
        OpenBlas.setUnlessSet("MAMBA4J_OPEN_BLAS_TEST", "second");
        assertEquals("first", nativeVariable("MAMBA4J_OPEN_BLAS_TEST"));
    }

    /** {@code getenv(name)} */
    @SuppressWarnings("restricted")
    private static String nativeVariable(String name) throws Throwable {
        Linker linker = Linker.nativeLinker();
        var call = linker.downcallHandle(linker.defaultLookup().findOrThrow("getenv"),
                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        try (Arena arena = Arena.ofConfined()) {
            var value = (MemorySegment) call.invokeExact(arena.allocateFrom(name));
            return value.reinterpret(Integer.MAX_VALUE).getString(0);
        }
    }
}
