package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.Allocations.assertAllocatesNothing;

import io.github.mamba4j.kernels.Stored.Place;
import io.github.mamba4j.kernels.attention.AttentionShape;
import io.github.mamba4j.kernels.attention.KeyValueLayout;
import io.github.mamba4j.kernels.attention.Rope;
import io.github.mamba4j.kernels.conv.CausalConv;
import io.github.mamba4j.kernels.conv.ConvParameters;
import io.github.mamba4j.kernels.linear.PackedRows;
import io.github.mamba4j.kernels.norm.GateOrder;
import io.github.mamba4j.kernels.norm.NormParameters;
import io.github.mamba4j.kernels.scan.DeltaRuleBuffers;
import io.github.mamba4j.kernels.scan.DeltaRuleParameters;
import io.github.mamba4j.kernels.scan.HeadScanBuffers;
import io.github.mamba4j.kernels.scan.HeadScanParameters;
import io.github.mamba4j.kernels.scan.ScanBuffers;
import io.github.mamba4j.kernels.scan.ScanParameters;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No kernel allocates once it is compiled. The build also runs this without the JVM's notes on the types it has seen: a kernel
 * that keeps its vectors in registers only because of such notes does so in most processes, but not in all.
 */
class AllocationTest {
    private static final int OUTS = 67;

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
            assertAllocatesNothing(() -> kernels.linear().matmul(w, 0, OUTS, x, 0, y, 0, 0, rows, scratch));
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
            if (kernels.linear().beginPacking(x, 0, 64, 40, packed)) {
                kernels.linear().packRows(packed, 0, 40, scratch);
            }
            kernels.linear().matmul(w, 0, OUTS, packed, y, 0, 0, 40, scratch);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 77})
    void rmsNorm(int cols) throws InterruptedException {
        Activations x = v.activations(3, cols);
        Activations y = v.activations(3, cols);
        Activations z = v.activations(3, cols);
        var p = NormParameters.of(v.normal(cols), 1e-5f);
        assertAllocatesNothing(() -> kernels.norm().rmsNorm(p, x, 0, y, 0, 0, 3));
        for (GateOrder order : GateOrder.values()) {
            assertAllocatesNothing(() -> kernels.norm().gatedRmsNorm(p, order, x, 0, z, 0, y, 0, 0, 3, scratch));
        }
    }

    @ParameterizedTest
    @CsvSource({"4, 64", "4, 77", "3, 64"})
    void convSilu(int dConv, int dInner) throws InterruptedException {
        var p = new ConvParameters(dInner, dConv, v.normal(dConv * dInner), v.normal(dInner),
                CausalConv.Activation.SILU);
        float[] window = new float[p.stateSize()];
        for (int rows : new int[]{1, 20}) {
            Activations x = v.activations(rows, dInner);
            Activations y = v.activations(rows, dInner);
            assertAllocatesNothing(() -> kernels.conv().convolve(p, x, 0, y, 0, window, 0, rows, 0, dInner));
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
            assertAllocatesNothing(() -> kernels.selectiveScan().scan(p, io, h, 0, rows, 0, dInner, scratch));
        }
    }

    /** States for each of the loops, and such that something is left over; channels of whole vectors and of some. */
    @ParameterizedTest
    @CsvSource({"128, 64", "77, 20", "16, 16", "5, 7"})
    void headScan(int dState, int headDim) throws InterruptedException {
        var p = new HeadScanParameters(2, headDim, 2, dState, ScanParameters.negativeExp(v.normal(2)), v.normal(2),
                v.normal(2), 0.001f, Float.POSITIVE_INFINITY);
        float[] h = new float[p.stateSize()];
        for (int rows : new int[]{1, 40}) {
            var io = new HeadScanBuffers(v.activations(rows, p.xbcCols()), v.activations(rows, 2),
                    v.activations(rows, p.dInner()));
            assertAllocatesNothing(() -> kernels.headScan().scan(p, io, h, 0, rows, 0, 2, scratch));
        }
    }

    @ParameterizedTest
    @CsvSource({"128, 64", "77, 20", "16, 16", "5, 7"})
    void deltaRule(int keyDim, int valueDim) throws InterruptedException {
        var p = new DeltaRuleParameters(1, 2, keyDim, valueDim, ScanParameters.negativeExp(v.normal(2)), v.normal(2),
                false, false);
        float[] s = new float[p.stateSize()];
        for (int rows : new int[]{1, 40}) {
            var io = new DeltaRuleBuffers(v.activations(rows, p.qkvCols()), v.activations(rows, 2),
                    v.activations(rows, 2), v.activations(rows, p.valueCols()));
            assertAllocatesNothing(() -> kernels.deltaRule().scan(p, io, s, 0, rows, 0, 2, scratch));
        }
    }

    @ParameterizedTest
    @CsvSource({"64, 4, HALVES", "48, 3, HALVES", "20, 2, PAIRS"})
    void attention(int headDim, int heads, Rope.Pairing pairing) throws InterruptedException {
        var layout = new KeyValueLayout(1, headDim);
        var s = new AttentionShape(heads, layout, 0.125f);
        var rope = new Rope(headDim / 2, 1e4, pairing);
        rope.reach(0, 100);
        float[][] keys = {v.normal(layout.pageSize()), v.normal(layout.pageSize())};
        float[][] values = {v.normal(layout.pageSize()), v.normal(layout.pageSize())};
        Activations k = v.activations(100, headDim);
        for (int rows : new int[]{1, 100}) {
            Activations q = v.activations(rows, s.width());
            Activations y = v.activations(rows, s.width());
            int position = 100 - rows;
            assertAllocatesNothing(() -> layout.store(k, k, keys, values, position, 0, rows));
            assertAllocatesNothing(() -> kernels.attention().rotate(rope, q, 0, heads, headDim, position, 0, rows));
            assertAllocatesNothing(() -> kernels.attention().attend(s, q, keys, values, position, y, 0, rows, 0, heads,
                    scratch));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 77})
    void elementwise(int cols) throws InterruptedException {
        Activations x = v.activations(2, cols);
        Activations y = v.activations(2, cols);
        float[] bias = v.normal(cols);
        float[] values = v.normal(cols);
        assertAllocatesNothing(() -> kernels.rows().add(x, y, 0, 2, 0, cols));
        assertAllocatesNothing(() -> kernels.rows().addScaled(0.5f, x, y, 0, 2, 0, cols));
        assertAllocatesNothing(() -> kernels.rows().addBias(bias, y, 0, 0, 2, 0, cols));
        assertAllocatesNothing(() -> kernels.rows().multiply(x, 0, y, 0, cols, 0, 2));
        assertAllocatesNothing(() -> kernels.rows().gate(x, 0, y, 0, cols, 0, 2, scratch));
        assertAllocatesNothing(() -> kernels.rows().sigmoidGate(x, 0, y, 0, cols, 0, 2, scratch));
        assertAllocatesNothing(() -> kernels.rows().squaredRelu(y, 0, cols, 0, 2));
        assertAllocatesNothing(() -> kernels.math().exp(values, 0, cols));
        assertAllocatesNothing(() -> kernels.math().silu(values, 0, cols));
        assertAllocatesNothing(() -> kernels.math().softplus(values, 0, cols));
        assertAllocatesNothing(() -> kernels.math().argmax(values, 0, cols));
        assertAllocatesNothing(() -> kernels.math().expSum(values, 0, cols));
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "BF16", "F16"})
    void widenRow(DType dtype) throws InterruptedException {
        Matrix w = Stored.normal(v, dtype, 3, 77, Place.NATIVE);
        Activations y = v.activations(1, 77);
        assertAllocatesNothing(() -> kernels.rows().widenRow(w, 1, 1f, y, 0));
    }
}
