package io.github.mamba4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests {@link OpenBlas}. */
class OpenBlasTest {
    @ParameterizedTest
    @CsvSource({"amd64, 512, SkylakeX", "x86_64, 512, SkylakeX", "amd64, 256, Haswell", "amd64, 128, ''",
            "aarch64, 128, ''", "aarch64, 256, ''", "aarch64, 512, ''"})
    void kernelsAreThoseOfTheVectors(String architecture, int bits, String kernels) {
        assertEquals(kernels, OpenBlas.kernels(architecture, bits));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void nativeCodeSeesTheChoiceUnlessThereIsOne() throws Throwable {
        String own = System.getenv(OpenBlas.VARIABLE);
        String kernels = OpenBlas.kernels(System.getProperty("os.arch"),
                FloatVector.SPECIES_PREFERRED.vectorBitSize());
        assumeFalse(own == null && kernels.isEmpty(), "OpenBLAS chooses");
        OpenBlas.chooseKernels();
        assertEquals(own == null ? kernels : own, nativeVariable(OpenBlas.VARIABLE));
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
