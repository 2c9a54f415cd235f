package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/** The suite runs once for each implementation of the kernels; here it is seen that it really does. */
class KernelProviderTest {
    @Test
    void theModelRunsOnTheKernelsThatThisRunOfTheSuiteIsFor() {
        String expected = System.getProperty("mamba4j.expected.kernels");
        assumeTrue(expected != null, "-Dmamba4j.expected.kernels is set by the build, not by an IDE");
        try (MambaModel model = TestModels.small()) {
            assertEquals(expected, model.kernels().name());
        }
    }
}
