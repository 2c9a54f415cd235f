package io.github.mamba4j.cli;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * Takes standard error back. The launcher starts Java with the null device in its place, because Java warns of the Vector
 * API on each start and has no option against it; the real one is another file descriptor, whose number a system property
 * tells.
 */
final class StandardError {
    private static final String PROPERTY = "mamba4j.stderr";
    private static final int DESCRIPTOR = 2;

    private StandardError() {}

    /** Makes descriptor 2 the real one again, for Java and for native code. Does nothing without the property. */
    // The launcher allows native access to all of the class path, which the tokenizer needs as well.
    @SuppressWarnings("restricted")
    static void restore() {
        Integer real = Integer.getInteger(PROPERTY);
        if (real == null) {
            return;
        }
        Linker linker = Linker.nativeLinker();
        MethodHandle dup2 = linker.downcallHandle(linker.defaultLookup().findOrThrow("dup2"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try {
            if ((int) dup2.invokeExact(real.intValue(), DESCRIPTOR) != DESCRIPTOR) {
                throw new IllegalStateException("descriptor " + real + " is not open");
            }
        } catch (Throwable e) {
            throw new IllegalStateException("standard error cannot be taken back", e);
        }
    }
}
