package io.github.mamba4j.kernels;

import io.github.mamba4j.kernels.machine.VectorWidth;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.incubator.vector.FloatVector;

/**
 * Which implementation of the kernels is wanted. The system property {@code mamba4j.kernels} ({@code auto},
 * {@code scalar} or {@code panama}) gives the default of a process. The property {@code mamba4j.vectorBits} (128, 256 or
 * 512) narrows the vectors, for tests and experiments; wider ones than the processor's are not to be had that way.
 */
public enum KernelChoice {
    /** The fast kernels where they can run; else the scalar ones, with one warning that says what is missing. */
    AUTO,
    /** The scalar kernels. */
    SCALAR,
    /** The fast kernels, or an error that says why not. */
    PANAMA;

    /** The system property that gives a process its default. */
    public static final String PROPERTY = "mamba4j.kernels";

    private static final String VECTOR_BITS = "mamba4j.vectorBits";
    private static final Set<String> VECTOR_WIDTHS = Set.of("128", "256", "512");
    /** The narrowest vectors that there are kernels for. */
    private static final int NARROWEST = 128;
    private static final String MODULE = "jdk.incubator.vector";
    private static final AtomicBoolean WARNED = new AtomicBoolean();

    /**
     * The choice that the system property makes.
     *
     * @return the choice; {@link #AUTO} if the property is not set
     * @throws IllegalArgumentException if the property has another value
     */
    public static KernelChoice fromSystemProperty() {
        String value = System.getProperty(PROPERTY, "auto");
        return Arrays.stream(values()).filter(c -> c.name().toLowerCase(Locale.ROOT).equals(value)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "-D" + PROPERTY + "=" + value + ": expected auto, scalar or panama"));
    }

    /**
     * The kernels of this choice.
     *
     * @return the kernels
     * @throws IllegalArgumentException if fast kernels are to be loaded and {@code mamba4j.vectorBits} has a value it
     *     cannot have
     * @throws IllegalStateException if this is {@link #PANAMA} and the Vector API is not to be had; the message says why
     */
    public Kernels load() {
        if (this == SCALAR) {
            return new ScalarKernels();
        }
        Optional<String> obstacle = obstacle();
        if (obstacle.isEmpty()) {
            checkVectorBits();
            return Fast.load();
        }
        if (this == PANAMA) {
            throw new IllegalStateException("the panama kernels cannot be used: " + obstacle.get());
        }
        if (WARNED.compareAndSet(false, true)) {
            System.getLogger(KernelChoice.class.getName()).log(Level.WARNING,
                    "Running on the slow scalar kernels: {0}", obstacle.get());
        }
        return new ScalarKernels();
    }

    /**
     * Why the fast kernels cannot run in this process.
     *
     * @return the reason, or nothing if they can
     */
    public static Optional<String> obstacle() {
        if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
            return Optional.of("the Vector API is not loaded; start Java with --add-modules " + MODULE);
        }
        // What HotSpot says of itself: without its optimising compiler a vector operation is a call that makes objects.
        String compilers = System.getProperty("java.vm.info", "");
        if (compilers.contains("emulated-client") || compilers.contains("interpreted")) {
            return Optional.of("this JVM runs without its optimising compiler (" + compilers
                    + "), which vectors need; start Java without -XX:TieredStopAtLevel, -Xint and the like");
        }
        int bits = Fast.preferredBits();
        if (bits < NARROWEST) {
            return Optional.of("the vectors of this JVM have " + bits + " bits, and " + NARROWEST
                    + " are needed; start Java without -XX:MaxVectorSize");
        }
        return Optional.empty();
    }

    private static void checkVectorBits() {
        String value = System.getProperty(VECTOR_BITS);
        if (value != null && !VECTOR_WIDTHS.contains(value)) {
            throw new IllegalArgumentException("-D" + VECTOR_BITS + "=" + value + ": expected 128, 256 or 512");
        }
    }

    /** Apart, so that no class of the Vector API is touched before its module is known to be there. */
    private static final class Fast {
        static Kernels load() {
            return new PanamaKernels();
        }

        /** Asks the JVM, not {@link VectorWidth}, which cannot be loaded where vectors are too narrow. */
        static int preferredBits() {
            return FloatVector.SPECIES_PREFERRED.vectorBitSize();
        }
    }
}
