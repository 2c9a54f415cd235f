package io.github.mamba4j.benchmarks;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/**
 * Which kernels OpenBLAS takes. It goes by the processor's model, and for one that is newer than itself it takes those for
 * Prescott, of 2004, whose vectors have 128 bits: a fifth of the rate that others have. So that benchmarks are not
 * compared with that, it is told by the width of vectors.
 */
final class OpenBlas {
    /** The environment variable that OpenBLAS reads when it is loaded. */
    static final String VARIABLE = "OPENBLAS_CORETYPE";

    private OpenBlas() {}

    /**
     * Sets {@link #VARIABLE} for native code in this process unless it is set, on x86-64 and where C has {@code setenv}.
     * Without effect once ND4J is loaded.
     */
    static void chooseKernels() {
        Optional<MemorySegment> setenv = Linker.nativeLinker().defaultLookup().find("setenv");
        String kernels = kernels(System.getProperty("os.arch"), FloatVector.SPECIES_PREFERRED.vectorBitSize());
        if (setenv.isPresent() && !kernels.isEmpty()) {
            set(setenv.get(), kernels);
        }
    }

    /** The name of the kernels for a processor with vectors of so many bits; empty if OpenBLAS is to choose. */
    static String kernels(String architecture, int bits) {
        if (!architecture.equals("amd64") && !architecture.equals("x86_64")) {
            return "";
        }
        return switch (bits) {
            case 512 -> "SkylakeX";
            case 256 -> "Haswell";
            default -> "";
        };
    }

    /** {@code setenv(VARIABLE, kernels, 0)}: the 0 leaves a variable that is set as it is. */
    @SuppressWarnings("restricted")
    private static void set(MemorySegment setenv, String kernels) {
        MethodHandle call = Linker.nativeLinker().downcallHandle(setenv, FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int failed = (int) call.invokeExact(arena.allocateFrom(VARIABLE), arena.allocateFrom(kernels), 0);
            if (failed != 0) {
                throw new IllegalStateException("setenv refuses " + VARIABLE + "=" + kernels);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("setenv throws nothing", e);
        }
    }
}
