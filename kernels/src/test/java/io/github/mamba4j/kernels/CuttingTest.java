package io.github.mamba4j.kernels;

import io.github.mamba4j.kernels.conv.CausalConv;
import io.github.mamba4j.kernels.conv.ConvParameters;
import io.github.mamba4j.kernels.norm.NormParameters;
import io.github.mamba4j.kernels.scan.DeltaRuleBuffers;
import io.github.mamba4j.kernels.scan.DeltaRuleParameters;
import io.github.mamba4j.kernels.scan.HeadScanBuffers;
import io.github.mamba4j.kernels.scan.HeadScanParameters;
import io.github.mamba4j.kernels.scan.ScanBuffers;
import io.github.mamba4j.kernels.scan.ScanParameters;
import org.junit.jupiter.api.Test;

/** The same bits, however the work is cut into calls: along the sequence, by rows, by outputs, by channels and by heads. */
class CuttingTest {
    private static final int ROWS = 13;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Scratch scratch = new Scratch();

    /** Work on rows and columns that can be done in parts. */
    private interface Work {
        void run(int firstRow, int rowCount, int from, int to);
    }

    /** Walks the rows in steps of random length, and each step's columns in ranges of random length. */
    private static void inParts(Values v, int rows, int cols, int longestStep, Work work) {
        for (int row = 0; row < rows;) {
            int rowCount = Math.min(v.between(1, longestStep), rows - row);
            for (int col = 0; col < cols;) {
                int to = Math.min(cols, col + v.between(1, cols));
                work.run(row, rowCount, col, to);
                col = to;
            }
            row += rowCount;
        }
    }

    @Test
    void convolution() {
        Values v = new Values(1);
        for (int i = 0; i < 400; i++) {
            int dInner = v.between(1, 50);
            int dConv = v.between(1, 6);
            var p = new ConvParameters(dInner, dConv, v.normal(dConv * dInner), v.normal(dInner),
                    CausalConv.Activation.SILU);
            Activations x = v.activations(ROWS, dInner);
            float[] window = v.normal(p.stateSize());
            float[] partsWindow = window.clone();
            Activations whole = Activations.allocate(ROWS, dInner);
            Activations parts = Activations.allocate(ROWS, dInner);
            kernels.conv().convolve(p, x, 0, whole, 0, window, 0, ROWS, 0, dInner);
            inParts(v, ROWS, dInner, 5, (firstRow, rowCount, from, to) -> kernels.conv().convolve(p, x, 0, parts, 0,
                    partsWindow, firstRow, rowCount, from, to));
            Bits.assertSame(whole.data(), parts.data(), p);
            Bits.assertSame(window, partsWindow, p);
        }
    }

    @Test
    void scan() {
        Values v = new Values(2);
        for (int i = 0; i < 400; i++) {
            int dInner = v.between(1, 50);
            int dState = v.oneOf(new int[]{1, 4, 16, 19});
            ScanParameters p = ScanParameters.ofALog(v.normal(dInner * dState), v.normal(dInner), v.normal(dInner));
            float[] h = v.normal(p.stateSize());
            float[] partsH = h.clone();
            Activations bc = v.activations(ROWS, 2 * dState);
            var whole = new ScanBuffers(v.activations(ROWS, dInner), v.activations(ROWS, dInner), bc, 0, dState,
                    v.activations(ROWS, dInner), 0, Activations.allocate(ROWS, dInner));
            var parts = new ScanBuffers(whole.u(), Values.copy(whole.dt()), bc, 0, dState, whole.z(), 0,
                    Activations.allocate(ROWS, dInner));
            kernels.selectiveScan().scan(p, whole, h, 0, ROWS, 0, dInner, scratch);
            inParts(v, ROWS, dInner, 5, (firstRow, rowCount, from, to) -> kernels.selectiveScan().scan(p, parts, partsH,
                    firstRow, rowCount, from, to, scratch));
            Bits.assertSame(whole.y().data(), parts.y().data(), dInner + " channels, " + dState + " states");
            Bits.assertSame(whole.dt().data(), parts.dt().data(), dInner + " channels, " + dState + " states");
            Bits.assertSame(h, partsH, dInner + " channels, " + dState + " states");
        }
    }

    @Test
    void headScan() {
        Values v = new Values(5);
        for (int i = 0; i < 200; i++) {
            int groups = v.between(1, 3);
            int heads = groups * v.between(1, 5);
            var p = new HeadScanParameters(heads, v.between(1, 40), groups, v.oneOf(new int[]{1, 4, 16, 19, 128}),
                    ScanParameters.negativeExp(v.normal(heads)), v.normal(heads), v.normal(heads), 0, 1);
            float[] h = p.pack(v.normal(heads * p.headDim() * p.dState()));
            float[] partsH = h.clone();
            var whole = new HeadScanBuffers(v.activations(ROWS, p.xbcCols()), v.activations(ROWS, heads),
                    Activations.allocate(ROWS, p.dInner()));
            var parts = new HeadScanBuffers(whole.xbc(), Values.copy(whole.dt()),
                    Activations.allocate(ROWS, p.dInner()));
            kernels.headScan().scan(p, whole, h, 0, ROWS, 0, heads, scratch);
            inParts(v, ROWS, heads, 5, (firstRow, rowCount, from, to) -> kernels.headScan().scan(p, parts, partsH,
                    firstRow, rowCount, from, to, scratch));
            String what = heads + " heads of " + p.headDim() + " channels, " + p.dState() + " states";
            Bits.assertSame(whole.y().data(), parts.y().data(), what);
            Bits.assertSame(whole.dt().data(), parts.dt().data(), what);
            Bits.assertSame(p.unpack(h), p.unpack(partsH), what);
        }
    }

    @Test
    void deltaRule() {
        Values v = new Values(6);
        for (int i = 0; i < 200; i++) {
            int keyHeads = v.between(1, 3);
            int heads = keyHeads * v.between(1, 3);
            var p = new DeltaRuleParameters(keyHeads, heads, v.oneOf(new int[]{1, 4, 16, 19, 128}), v.between(1, 40),
                    ScanParameters.negativeExp(v.normal(heads)), v.normal(heads), i % 2 == 0, i % 3 == 0);
            float[] s = p.pack(v.normal(heads * p.keyDim() * p.valueDim()));
            float[] partsS = s.clone();
            var whole = new DeltaRuleBuffers(v.activations(ROWS, p.qkvCols()), v.activations(ROWS, heads),
                    v.activations(ROWS, heads), Activations.allocate(ROWS, p.valueCols()));
            var parts = new DeltaRuleBuffers(whole.qkv(), whole.alpha(), whole.b(),
                    Activations.allocate(ROWS, p.valueCols()));
            kernels.deltaRule().scan(p, whole, s, 0, ROWS, 0, heads, scratch);
            inParts(v, ROWS, heads, 5, (firstRow, rowCount, from, to) -> kernels.deltaRule().scan(p, parts, partsS,
                    firstRow, rowCount, from, to, scratch));
            String what = heads + " heads of " + p.keyDim() + " x " + p.valueDim();
            Bits.assertSame(whole.y().data(), parts.y().data(), what);
            Bits.assertSame(p.unpack(s), p.unpack(partsS), what);
        }
    }

    @Test
    void matrixProduct() {
        Values v = new Values(3);
        for (int i = 0; i < 150; i++) {
            int rows = v.between(1, 70);
            Matrix w = Stored.normal(v, v.oneOf(Stored.FORMATS), v.between(1, 80),
                    v.between(1, i % 10 == 0 ? 2000 : 200),
                    Stored.Place.NATIVE);
            Activations x = v.activations(rows, w.cols());
            Activations whole = Activations.allocate(rows, w.rows());
            Activations parts = Activations.allocate(rows, w.rows());
            kernels.linear().matmul(w, 0, w.rows(), x, 0, whole, 0, 0, rows, scratch);
            inParts(v, rows, w.rows(), 20,
                    (firstRow, rowCount, from, to) -> kernels.linear().matmul(w, from, to, x, 0, parts, 0,
                            firstRow, rowCount, scratch));
            Bits.assertSame(whole.data(), parts.data(), w);
        }
    }

    @Test
    void norm() {
        Values v = new Values(4);
        for (int cols = 1; cols < 100; cols++) {
            Activations x = v.activations(ROWS, cols);
            float[] weight = v.normal(cols);
            Activations whole = Activations.allocate(ROWS, cols);
            Activations parts = Activations.allocate(ROWS, cols);
            kernels.norm().rmsNorm(NormParameters.of(weight, 1e-5f), x, 0, whole, 0, 0, ROWS);
            for (int row = 0; row < ROWS; row++) {
                kernels.norm().rmsNorm(NormParameters.of(weight, 1e-5f), x, 0, parts, 0, row, 1);
            }
            Bits.assertSame(whole.data(), parts.data(), cols + " columns");
        }
    }
}
