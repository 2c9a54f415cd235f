package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.github.mamba4j.kernels.Stored.Place;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No kernel allocates once it is compiled. The build also runs this without the JVM's notes on the types it has seen: a kernel
 * that keeps its vectors in registers only because of such notes does so in most processes, but not in all.
 */
class AllocationTest {
    private static final int CALLS = 200;
    /** Compilers come late; until then the interpreter puts vectors into objects. */
    private static final int MAX_ROUNDS = 3000;
    private static final int PAUSE_MILLIS = 2;
    private static final int OUTS = 67;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Values v = new Values(1);
    private final Scratch scratch = new Scratch();

    /** Rows for each kernel of a product; columns of whole vectors, of few, and such that something is left over. */
    @ParameterizedTest
    @CsvSource({"F32, 64", "F32, 48", "F32, 77", "BF16, 64", "BF16, 48", "BF16, 77", "F16, 64", "F16, 48", "F16, 77"})
    void matmul(DType dtype, int cols) throws InterruptedException {
        Matrix w = Stored.normal(v, dtype, OUTS, cols, Place.NATIVE);
        for (int rows : new int[]{1, 3, 40}) {
            Activations x = v.activations(rows, cols);
            Activations y = v.activations(rows, OUTS);
            assertAllocatesNothing(() -> kernels.matmul(w, 0, OUTS, x, 0, y, 0, 0, rows, scratch));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "F16"})
    void matmulOfPackedRows(DType dtype) throws InterruptedException {
        Matrix w = Stored.normal(v, dtype, OUTS, 64, Place.NATIVE);
        Activations x = v.activations(40, 64);
        Activations y = v.activations(40, OUTS);
        var packed = new PackedRows();
        assertAllocatesNothing(() -> {
            if (kernels.beginPacking(x, 0, 64, 40, packed)) {
                kernels.packRows(packed, 0, 40, scratch);
            }
            kernels.matmul(w, 0, OUTS, packed, y, 0, 0, 40, scratch);
        });
    }

    /** Which of the two is the kernel depends on the processor. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneRowOfF16WithSubnormalNumbersOrWithout(boolean subnormals) throws InterruptedException {
        Matrix w = Stored.normal(v, DType.F16, OUTS, 64, Place.NATIVE);
        assumeTrue(kernels instanceof PanamaKernels && PanamaMatvecPairs.fits(w), "vectors of 256 bits");
        float[] x = v.normal(64);
        float[] y = new float[OUTS];
        assertAllocatesNothing(() -> PanamaMatvecPairs.multiply(w, 0, OUTS, x, 0, y, 0, scratch.panama(), subnormals));
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 77})
    void rmsNorm(int cols) throws InterruptedException {
        Activations x = v.activations(3, cols);
        Activations y = v.activations(3, cols);
        float[] weight = v.normal(cols);
        assertAllocatesNothing(() -> kernels.rmsNorm(x, weight, 1e-5f, y, 0, 3));
    }

    @ParameterizedTest
    @CsvSource({"4, 64", "4, 77", "3, 64"})
    void convSilu(int dConv, int dInner) throws InterruptedException {
        var p = new ConvParameters(dInner, dConv, v.normal(dConv * dInner), v.normal(dInner));
        float[] window = new float[p.stateSize()];
        for (int rows : new int[]{1, 20}) {
            Activations x = v.activations(rows, dInner);
            Activations y = v.activations(rows, dInner);
            assertAllocatesNothing(() -> kernels.convSilu(p, x, 0, y, window, 0, rows, 0, dInner));
        }
    }

    @ParameterizedTest
    @CsvSource({"16, 64", "16, 77", "5, 64"})
    void scan(int dState, int dInner) throws InterruptedException {
        var p = ScanParameters.ofALog(v.normal(dInner * dState), v.normal(dInner), v.normal(dInner));
        float[] h = new float[p.stateSize()];
        for (int rows : new int[]{1, 100}) {
            Activations bc = v.activations(rows, 48 + 2 * dState);
            var io = new ScanBuffers(v.activations(rows, dInner), v.activations(rows, dInner), bc, 48, 48 + dState,
                    v.activations(rows, dInner), 0, v.activations(rows, dInner));
            assertAllocatesNothing(() -> kernels.selectiveScan(p, io, h, 0, rows, 0, dInner, scratch));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 77})
    void elementwise(int cols) throws InterruptedException {
        Activations x = v.activations(2, cols);
        Activations y = v.activations(2, cols);
        float[] bias = v.normal(cols);
        float[] values = v.normal(cols);
        assertAllocatesNothing(() -> kernels.add(x, y, 0, 2, 0, cols));
        assertAllocatesNothing(() -> kernels.addBias(bias, y, 0, 0, 2, 0, cols));
        assertAllocatesNothing(() -> kernels.exp(values, 0, cols));
        assertAllocatesNothing(() -> kernels.silu(values, 0, cols));
        assertAllocatesNothing(() -> kernels.softplus(values, 0, cols));
        assertAllocatesNothing(() -> kernels.argmax(values, 0, cols));
        assertAllocatesNothing(() -> kernels.expSum(values, 0, cols));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "F16"})
    void widenRow(DType dtype) throws InterruptedException {
        Matrix w = Stored.normal(v, dtype, 3, 77, Place.NATIVE);
        Activations y = v.activations(1, 77);
        assertAllocatesNothing(() -> kernels.widenRow(w, 1, y, 0));
    }

    @Test
    void machineLimits() throws InterruptedException {
        assumeTrue(kernels instanceof PanamaKernels, "vectors");
        MemorySegment data = Stored.normal(v, DType.F32, 8, 64, Place.NATIVE).data();
        int bytes = PanamaLimits.VECTOR_BYTES;
        assertAllocatesNothing(() -> PanamaLimits.read(data, 0, 256, bytes, 256 / bytes));
        assertAllocatesNothing(() -> PanamaLimits.multiplyAdd(100));
    }

    private static void assertAllocatesNothing(Runnable kernel) throws InterruptedException {
        long bytes = -1;
        for (int round = 0; round < MAX_ROUNDS && bytes != 0; round++) {
            if (round > 0) {
                Thread.sleep(PAUSE_MILLIS);
            }
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                kernel.run();
            }
            bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, bytes, "bytes allocated by " + CALLS + " calls");
    }
}
