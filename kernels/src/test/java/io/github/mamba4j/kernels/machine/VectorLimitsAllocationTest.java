package io.github.mamba4j.kernels.machine;

import static io.github.mamba4j.kernels.Allocations.assertAllocatesNothing;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Stored;
import io.github.mamba4j.kernels.Stored.Place;
import io.github.mamba4j.kernels.Values;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** The loops that measure the machine allocate nothing. */
class VectorLimitsAllocationTest {
    @Test
    void machineLimits() throws InterruptedException {
        assumeTrue(KernelChoice.fromSystemProperty() == KernelChoice.PANAMA, "vectors");
        MemorySegment data = Stored.normal(new Values(1), DType.F32, 8, 64, Place.NATIVE).data();
        int bytes = VectorLimits.VECTOR_BYTES;
        assertAllocatesNothing(() -> VectorLimits.read(data, 0, 256, bytes, 256 / bytes));
        assertAllocatesNothing(() -> VectorLimits.multiplyAdd(100));
    }
}
