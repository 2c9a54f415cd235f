package io.github.mamba4j.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which kernels OpenBLAS takes. It goes by the processor's model, and for one that is newer than itself it takes those for
 * Prescott, of 2004, whose vectors have 128 bits: a quarter of the rate of others. So that benchmarks are not compared with
 * that, it is told by what the processor can do, where Linux says so.
 */
final class OpenBlas {
    /** The environment variable that OpenBLAS reads when it is loaded. */
    private static final String VARIABLE = "OPENBLAS_CORETYPE";
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private OpenBlas() {}

    /** Tells it, for this process, unless the user has. Without effect once ND4J is loaded. */
    static void chooseKernels() {
        if (Files.isReadable(PROCESSORS)) {
            try {
                kernels(Files.readAllLines(PROCESSORS)).ifPresent(kernels -> setUnlessSet(VARIABLE, kernels));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The name of the kernels for the processor that these lines describe; none if OpenBLAS is to choose. */
    static Optional<String> kernels(List<String> processors) {
        Set<String> flags = processors.stream().filter(line -> line.startsWith("flags")).findFirst()
                .map(line -> Set.copyOf(List.of(line.replaceFirst(".*:", "").strip().split(" +")))).orElse(Set.of());
        if (flags.containsAll(Set.of("avx512f", "avx512bw", "avx512dq", "avx512vl"))) {
            return Optional.of("SkylakeX");
        }
        return flags.containsAll(Set.of("avx2", "fma")) ? Optional.of("Haswell") : Optional.empty();
    }

    /** {@code setenv(variable, value, 0)}: native code in this process sees the value, unless there is one already. */
    @SuppressWarnings("restricted")
    static void setUnlessSet(String variable, String value) {
        Linker linker = Linker.nativeLinker();
        MemorySegment setenv = linker.defaultLookup().findOrThrow("setenv");
        MethodHandle call = linker.downcallHandle(setenv, FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            int failed = (int) call.invokeExact(arena.allocateFrom(variable), arena.allocateFrom(value), 0);
            if (failed != 0) {
                throw new IllegalStateException("setenv refuses " + variable + "=" + value);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("setenv throws nothing", e);
        }
    }
}
