package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/**
 * The build runs the tests several times, each time under other kernels. A property apart from the one that makes the
 * choice says which, so that a run under the wrong ones is seen.
 */
class ProviderTest {
    private final Kernels kernels = KernelChoice.fromSystemProperty().load();

    @Test
    void theKernelsAreTheOnesThisRunIsFor() {
        String expected = System.getProperty("mamba4j.expected.kernels");
        assertNotNull(expected, "-Dmamba4j.expected.kernels is missing; the build sets it");
        assertEquals(expected, kernels.name());
        Class<?> type = expected.equals("panama") ? PanamaKernels.class : ScalarKernels.class;
        assertEquals(type, kernels.getClass());
    }

    @Test
    void theVectorsAreAsWideAsThisRunIsForOrAsTheProcessorAllows() {
        if (kernels instanceof ScalarKernels) {
            assertEquals("scalar (no vectors)", kernels.description());
            return;
        }
        int preferred = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        int expected = Math.min(preferred, Integer.getInteger("mamba4j.expected.vectorBits", 512));
        assertEquals("panama (" + expected + "-bit vectors)", kernels.description());
    }
}
