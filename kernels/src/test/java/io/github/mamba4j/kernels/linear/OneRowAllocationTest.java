package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.Allocations.assertAllocatesNothing;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Stored;
import io.github.mamba4j.kernels.Stored.Place;
import io.github.mamba4j.kernels.Values;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ways to multiply F16 allocate nothing, whichever of them this processor takes. */
class OneRowAllocationTest {
    private static final int OUTS = 67;

    private final Values v = new Values(1);
    private final Scratch scratch = new Scratch();

    /** Which of the two is the kernel depends on the processor. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneRowOfF16WithSubnormalNumbersOrWithout(boolean subnormals) throws InterruptedException {
        Matrix w = Stored.normal(v, DType.F16, OUTS, 64, Place.NATIVE);
        assumeTrue(KernelChoice.fromSystemProperty() == KernelChoice.PANAMA && OneRow256Halves.fits(w),
                "vectors of 256 bits");
        float[] x = v.normal(64);
        float[] y = new float[OUTS];
        assertAllocatesNothing(() -> OneRow256Halves.multiply(w, 0, OUTS, x, 0, y, 0, scratch.vectors(), subnormals));
    }
}
