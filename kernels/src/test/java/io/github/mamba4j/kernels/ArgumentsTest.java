package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mamba4j.kernels.conv.CausalConv;
import io.github.mamba4j.kernels.conv.ConvParameters;
import io.github.mamba4j.kernels.norm.GateOrder;
import io.github.mamba4j.kernels.norm.NormParameters;
import io.github.mamba4j.kernels.scan.ScanBuffers;
import io.github.mamba4j.kernels.scan.ScanLayout;
import io.github.mamba4j.kernels.scan.ScanParameters;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Kernels refuse what does not fit before they write anything. */
class ArgumentsTest {
    private static final int ROWS = 3;

    private final Kernels kernels = KernelChoice.fromSystemProperty().load();
    private final Scratch scratch = new Scratch();

    // A call with these fits; each test bends one argument. All are filled with ones.
    private final Matrix w = Matrix.of(ones(5 * 4), 5, 4);
    private final Activations x = new Activations(ones(ROWS * 6), ROWS, 6);
    private final Activations y = new Activations(ones(ROWS * 6), ROWS, 6);
    private final float[] six = ones(6);

    private static float[] ones(int count) {
        float[] a = new float[count];
        Arrays.fill(a, 1f);
        return a;
    }

    private static Activations activations(int rows, int cols) {
        return new Activations(ones(rows * cols), rows, cols);
    }

    private void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
        assertNothingWritten();
    }

    /** The message is the JDK's, which names the range and the bounds. */
    private void outOfBounds(Executable... calls) {
        for (Executable call : calls) {
            assertThrows(IndexOutOfBoundsException.class, call);
            assertNothingWritten();
        }
    }

    private void assertNothingWritten() {
        Bits.assertSame(ones(ROWS * 6), x.data(), "x");
        Bits.assertSame(ones(ROWS * 6), y.data(), "y");
        Bits.assertSame(ones(6), six, "array");
    }

    @Test
    void matrixSizes() {
        MemorySegment bytes = MemorySegment.ofArray(new byte[24]);
        refused("2 x 4 F32 are 32 bytes, not 24", () -> new Matrix(bytes, DType.F32, 2, 4));
        refused("2 x 4 BF16 are 16 bytes, not 24", () -> new Matrix(bytes, DType.BF16, 2, 4));
        refused("2147483647 x 2147483647 F16 are 9223372028264841218 bytes, not 24",
                () -> new Matrix(bytes, DType.F16, Integer.MAX_VALUE, Integer.MAX_VALUE));
        // This product overflows 64 bits.
        assertThrows(IllegalArgumentException.class,
                () -> new Matrix(bytes, DType.F32, Integer.MAX_VALUE, Integer.MAX_VALUE));
        refused("a matrix of weights has rows and columns, not 0 x 4", () -> new Matrix(bytes, DType.F32, 0, 4));
        refused("a matrix of weights has rows and columns, not 4 x -1", () -> new Matrix(bytes, DType.F32, 4, -1));
        assertThrows(NullPointerException.class, () -> new Matrix(null, DType.F32, 2, 3));
    }

    @Test
    void matrixFormats() {
        for (DType dtype : DType.values()) {
            MemorySegment data = MemorySegment.ofArray(new byte[6 * dtype.bytes()]);
            if (dtype == DType.F32 || dtype == DType.F16 || dtype == DType.BF16) {
                assertEquals(0f, new Matrix(data, dtype, 2, 3).get(1, 2));
            } else {
                refused("a matrix of weights is F32, F16 or BF16, not " + dtype, () -> new Matrix(data, dtype, 2, 3));
            }
        }
    }

    @Test
    void matrixElements() {
        Matrix m = Matrix.of(new float[]{1, 2, 3, 4, 5, 6}, 2, 3);
        assertEquals(3f, m.get(0, 2));
        assertEquals(4f, m.get(1, 0));
        assertEquals(12, m.rowOffset(1));
        outOfBounds(() -> m.get(0, 3), () -> m.get(0, -1), () -> m.get(2, 0), () -> m.get(-1, 0));
    }

    @Test
    void activationSizes() {
        refused("2 x 3 values do not fit an array of 5", () -> new Activations(new float[5], 2, 3));
        refused("0 x 0 values do not fit an array of 0", () -> new Activations(new float[0], 0, 0));
        refused("-1 x -6 values do not fit an array of 6", () -> new Activations(new float[6], -1, -6));
        refused("65536 x 65536 values do not fit an array of 0", () -> new Activations(new float[0], 1 << 16, 1 << 16));
        assertThrows(ArithmeticException.class, () -> Activations.allocate(1 << 16, 1 << 16));
        assertEquals(0, Activations.allocate(0, 4).data().length);
        assertEquals(11, Activations.allocate(3, 4).index(2, 3));
    }

    private void matmul(int outFrom, int outTo, int xCol, int yCol, int firstRow, int rowCount) {
        kernels.linear().matmul(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount, scratch);
    }

    @Test
    void matmulRanges() {
        outOfBounds(() -> matmul(-1, 5, 0, 0, 0, ROWS), () -> matmul(0, 6, 0, 0, 0, ROWS),
                () -> matmul(3, 2, 0, 0, 0, ROWS));
        outOfBounds(() -> matmul(0, 5, -1, 0, 0, ROWS), () -> matmul(0, 5, 3, 0, 0, ROWS),
                () -> matmul(0, 5, Integer.MAX_VALUE, 0, 0, ROWS));
        outOfBounds(() -> matmul(0, 5, 0, -1, 0, ROWS), () -> matmul(0, 5, 0, 2, 0, ROWS),
                () -> matmul(4, 5, 0, Integer.MAX_VALUE, 0, ROWS));
        outOfBounds(() -> matmul(0, 5, 0, 0, -1, 1), () -> matmul(0, 5, 0, 0, 1, ROWS),
                () -> matmul(0, 5, 0, 0, 0, -1), () -> matmul(0, 5, 0, 0, Integer.MAX_VALUE, 1));
        outOfBounds(() -> kernels.linear().matmul(w, 0, 5, x, 0, activations(2, 6), 0, 0, 3, scratch));
    }

    @Test
    void matmulInPlace() {
        refused("a product cannot overwrite its input",
                () -> kernels.linear().matmul(w, 0, 2, x, 0, x, 4, 0, ROWS, scratch));
    }

    @Test
    void normParameters() {
        refused("norm: expected 6 weights or none, found 5", () -> new NormParameters(6, 1, ones(5), 0f));
        refused("norm: expected a number of groups that divides 6 columns, found 4",
                () -> new NormParameters(6, 4, six, 0f));
        refused("norm: expected a number of groups that divides 6 columns, found 0",
                () -> new NormParameters(6, 0, six, 0f));
        refused("norm: expected at least 1 column, found 0", () -> NormParameters.of(ones(0), 0f));
        refused("norm: expected an eps of 0 or more, found -1.0", () -> NormParameters.of(six, -1f));
        refused("norm: expected an eps of 0 or more, found NaN", () -> NormParameters.of(six, Float.NaN));
    }

    private void norm(Activations in, int inCol, Activations out, int outCol, int firstRow, int rowCount) {
        kernels.norm().rmsNorm(NormParameters.of(ones(4), 0f), in, inCol, out, outCol, firstRow, rowCount);
    }

    private void gated(Activations z, int zCol, Activations out, int outCol) {
        kernels.norm().gatedRmsNorm(NormParameters.of(ones(4), 0f), GateOrder.GATE_FIRST, x, 0, z, zCol, out, outCol, 0,
                ROWS, scratch);
    }

    @Test
    void norms() {
        outOfBounds(() -> norm(x, 3, y, 0, 0, ROWS), () -> norm(x, -1, y, 0, 0, ROWS), () -> norm(x, 0, y, 3, 0, ROWS),
                () -> norm(x, 0, y, -1, 0, ROWS), () -> norm(x, 0, y, 0, 1, ROWS), () -> norm(x, 0, y, 0, -1, 1),
                () -> norm(x, 0, activations(2, 6), 0, 0, ROWS));
        outOfBounds(() -> gated(x, 3, y, 0), () -> gated(activations(2, 6), 0, y, 0), () -> gated(x, 0, y, 3));
        String message = "norm: the output overlaps the input, but not element for element";
        refused(message, () -> norm(x, 0, x, 2, 0, ROWS));
        refused(message, () -> norm(x, 0, new Activations(x.data(), 2, 9), 0, 0, 2));
        refused(message, () -> gated(y, 0, y, 1));
    }

    @Test
    void convolutionParameters() {
        var silu = CausalConv.Activation.SILU;
        refused("convolution: expected 6 weights, found 5", () -> new ConvParameters(3, 2, ones(5), ones(3), silu));
        refused("convolution: expected 3 biases, found 2", () -> new ConvParameters(3, 2, ones(6), ones(2), silu));
        refused("convolution: expected channels and taps, found 0 and 2",
                () -> new ConvParameters(0, 2, ones(0), ones(0), silu));
        refused("convolution: expected channels and taps, found 3 and 0",
                () -> new ConvParameters(3, 0, ones(0), ones(3), silu));
        refused("convolution: expected weights for 3 channels, found 7",
                () -> ConvParameters.of(ones(7), ones(3), 3, silu));
    }

    @Test
    void convolutions() {
        var p = new ConvParameters(6, 2, ones(12), ones(6), CausalConv.Activation.SILU);
        var conv = kernels.conv();
        refused("convolution: expected a window of 6 values, found 7",
                () -> conv.convolve(p, x, 0, y, 0, ones(7), 0, ROWS, 0, 6));
        String overlap = "convolution: the output overlaps the input, but not element for element";
        Activations narrow = activations(4, 6);
        refused(overlap, () -> conv.convolve(p, new Activations(narrow.data(), 2, 12), 0, narrow, 0, six, 0, 1, 0, 6));
        Activations wide = activations(ROWS, 9);
        refused(overlap, () -> conv.convolve(p, wide, 0, wide, 3, six, 0, ROWS, 0, 6));
        outOfBounds(() -> conv.convolve(p, x, 1, y, 0, six, 0, ROWS, 0, 6),
                () -> conv.convolve(p, x, -1, y, 0, six, 0, ROWS, 0, 6),
                () -> conv.convolve(p, x, 0, y, 1, six, 0, ROWS, 0, 6),
                () -> conv.convolve(p, x, 0, y, -1, six, 0, ROWS, 0, 6),
                () -> conv.convolve(p, x, 0, activations(ROWS, 5), 0, six, 0, ROWS, 0, 6),
                () -> conv.convolve(p, x, 0, y, 0, six, 1, ROWS, 0, 6),
                () -> conv.convolve(p, x, 0, y, 0, six, 0, -1, 0, 6),
                () -> conv.convolve(p, x, 0, y, 0, six, 0, ROWS, 0, 7),
                () -> conv.convolve(p, x, 0, y, 0, six, 0, ROWS, -1, 6),
                () -> conv.convolve(p, x, 0, y, 0, six, 0, ROWS, 4, 3));
    }

    @Test
    void scanParameters() {
        refused("a scan of 2 channels and 3 states has not 5 decays, 2 skips and 2 biases",
                () -> new ScanParameters(new ScanLayout(2, 3), ones(5), ones(2), ones(2)));
        refused("a scan of 2 channels and 3 states has not 6 decays, 1 skips and 2 biases",
                () -> new ScanParameters(new ScanLayout(2, 3), ones(6), ones(1), ones(2)));
        refused("a scan of 2 channels and 3 states has not 6 decays, 2 skips and 3 biases",
                () -> new ScanParameters(new ScanLayout(2, 3), ones(6), ones(2), ones(3)));
        refused("a scan has no 0 channels of 3 states", () -> new ScanLayout(0, 3));
        refused("a scan has no 2 channels of 0 states", () -> new ScanLayout(2, 0));
        refused("a scan has no 65536 channels of 32768 states", () -> new ScanLayout(65536, 32768));
        refused("A: expected a multiple of 2 values, found 5", () -> ScanParameters.ofALog(ones(5), ones(2), ones(2)));
        refused("A: expected a multiple of 2 values, found 0", () -> ScanParameters.ofALog(ones(0), ones(2), ones(2)));
        refused("A: expected a multiple of 0 values, found 4", () -> ScanParameters.ofALog(ones(4), ones(0), ones(0)));
    }

    private void scan(Activations u, Activations dt, int bCol, int cCol, int zCol, Activations out, float[] h,
            int firstRow,
            int rowCount, int from, int to) {
        var p = new ScanParameters(new ScanLayout(3, 2), ones(6), ones(3), ones(3));
        var io = new ScanBuffers(u, dt, x, bCol, cCol, x, zCol, out);
        kernels.selectiveScan().scan(p, io, h, firstRow, rowCount, from, to, scratch);
    }

    private void scan(int bCol, int cCol, int zCol, int firstRow, int rowCount, int from, int to) {
        Activations dt = activations(ROWS, 3);
        Activations out = activations(ROWS, 3);
        try {
            scan(activations(ROWS, 3), dt, bCol, cCol, zCol, out, six, firstRow, rowCount, from, to);
        } finally {
            Bits.assertSame(ones(ROWS * 3), out.data(), "y");
            Bits.assertSame(ones(ROWS * 3), dt.data(), "dt");
        }
    }

    @Test
    void scanBuffers() {
        Activations u = activations(ROWS, 3);
        Activations dt = activations(ROWS, 3);
        Activations out = activations(ROWS, 3);
        Activations wide = activations(ROWS, 4);
        String message = "scan buffers do not fit 3 channels";
        refused(message, () -> scan(wide, dt, 0, 2, 0, out, six, 0, ROWS, 0, 3));
        refused(message, () -> scan(u, wide, 0, 2, 0, out, six, 0, ROWS, 0, 3));
        refused(message, () -> scan(u, dt, 0, 2, 0, wide, six, 0, ROWS, 0, 3));
        refused(message, () -> scan(u, dt, 0, 2, 0, out, ones(5), 0, ROWS, 0, 3));
        assertThrows(NullPointerException.class, () -> new ScanBuffers(u, dt, x, 0, 2, null, 0, out));
        Bits.assertSame(ones(ROWS * 3), dt.data(), "dt");
        Bits.assertSame(ones(ROWS * 3), out.data(), "y");
    }

    @Test
    void scansInPlace() {
        Activations u = activations(ROWS, 3);
        Activations dt = activations(ROWS, 3);
        Activations out = activations(ROWS, 3);
        String message = "a scan writes dt and y, which cannot be its other buffers";
        refused(message, () -> new ScanBuffers(u, u, x, 0, 2, x, 0, out));
        refused(message, () -> new ScanBuffers(u, x, x, 0, 2, u, 0, out));
        refused(message, () -> new ScanBuffers(u, x, u, 0, 2, x, 0, out));
        refused(message, () -> new ScanBuffers(u, dt, x, 0, 2, x, 0, u));
        refused(message, () -> new ScanBuffers(u, dt, x, 0, 2, x, 0, dt));
        refused(message, () -> new ScanBuffers(u, dt, out, 0, 2, x, 0, out));
        refused(message, () -> new ScanBuffers(u, dt, x, 0, 2, out, 1, out));
        refused(message, () -> new ScanBuffers(u, dt, x, 0, 2, new Activations(out.data(), 1, ROWS * 3), 0, out));
    }

    @Test
    void scanRanges() {
        outOfBounds(() -> scan(5, 2, 0, 0, ROWS, 0, 3), () -> scan(-1, 2, 0, 0, ROWS, 0, 3),
                () -> scan(0, 5, 0, 0, ROWS, 0, 3), () -> scan(0, -1, 0, 0, ROWS, 0, 3),
                () -> scan(0, 2, 4, 0, ROWS, 0, 3), () -> scan(0, 2, -1, 0, ROWS, 0, 3));
        outOfBounds(() -> scan(0, 2, 0, 1, ROWS, 0, 3), () -> scan(0, 2, 0, -1, 1, 0, 3),
                () -> scan(0, 2, 0, 0, -1, 0, 3), () -> scan(0, 2, 0, 0, ROWS, 0, 4),
                () -> scan(0, 2, 0, 0, ROWS, -1, 3), () -> scan(0, 2, 0, 0, ROWS, 2, 1));
    }

    @Test
    void additions() {
        refused("add: expected 6 columns, found 5", () -> kernels.rows().add(activations(ROWS, 5), y, 0, ROWS, 0, 5));
        outOfBounds(() -> kernels.rows().add(x, y, 0, ROWS, 0, 7), () -> kernels.rows().add(x, y, 0, ROWS, -1, 6),
                () -> kernels.rows().add(x, y, 0, ROWS, 4, 3), () -> kernels.rows().add(x, y, 1, ROWS, 0, 6),
                () -> kernels.rows().add(x, y, -1, 1, 0, 6),
                () -> kernels.rows().add(activations(2, 6), y, 0, ROWS, 0, 6));
        outOfBounds(() -> kernels.rows().addBias(six, y, 0, 0, ROWS, 0, 7),
                () -> kernels.rows().addBias(six, y, 1, 0, ROWS, 0, 6),
                () -> kernels.rows().addBias(six, y, -1, 0, ROWS, 0, 6),
                () -> kernels.rows().addBias(six, y, 0, 1, ROWS, 0, 6),
                () -> kernels.rows().addBias(six, y, 0, 0, ROWS, 4, 3));
    }

    @Test
    void scaledAdditionsProductsAndGates() {
        var rows = kernels.rows();
        refused("add: expected 6 columns, found 5", () -> rows.addScaled(1f, activations(ROWS, 5), y, 0, ROWS, 0, 5));
        outOfBounds(() -> rows.addScaled(1f, x, y, 0, ROWS, 0, 7), () -> rows.addScaled(1f, x, y, 1, ROWS, 0, 6));
        outOfBounds(() -> rows.multiply(x, 3, y, 0, 4, 0, ROWS), () -> rows.multiply(x, 0, y, 3, 4, 0, ROWS),
                () -> rows.multiply(x, 0, y, 0, -1, 0, ROWS), () -> rows.multiply(x, 0, y, 0, 4, 1, ROWS),
                () -> rows.gate(x, 3, y, 0, 4, 0, ROWS, scratch), () -> rows.gate(x, 0, y, 3, 4, 0, ROWS, scratch));
        refused("multiply: the output overlaps the input, but not element for element",
                () -> rows.multiply(x, 0, x, 2, 4, 0, ROWS));
        refused("gate: the output overlaps the input, but not element for element",
                () -> rows.gate(x, 2, x, 0, 4, 0, ROWS, scratch));
    }

    @Test
    void widenedRows() {
        refused("widenRow: expected 4 columns, found 6", () -> kernels.rows().widenRow(w, 0, 1f, y, 0));
        Activations four = activations(ROWS, 4);
        outOfBounds(() -> kernels.rows().widenRow(w, 5, 1f, four, 0), () -> kernels.rows().widenRow(w, -1, 1f, four, 0),
                () -> kernels.rows().widenRow(w, 0, 1f, four, ROWS), () -> kernels.rows().widenRow(w, 0, 1f, four, -1));
        Bits.assertSame(ones(ROWS * 4), four.data(), "y");
    }

    @Test
    void rangesOfArrays() {
        outOfBounds(() -> kernels.math().exp(six, 0, 7), () -> kernels.math().exp(six, -1, 6),
                () -> kernels.math().exp(six, 4, 3),
                () -> kernels.math().silu(six, 0, 7), () -> kernels.math().silu(six, -1, 6),
                () -> kernels.math().silu(six, 4, 3),
                () -> kernels.math().softplus(six, 0, 7), () -> kernels.math().softplus(six, -1, 6),
                () -> kernels.math().softplus(six, 4, 3), () -> kernels.math().argmax(six, 0, 7),
                () -> kernels.math().argmax(six, -1, 6),
                () -> kernels.math().expSum(six, 0, 7), () -> kernels.math().expSum(six, -1, 6));
        refused("expected at least one value, found an empty range", () -> kernels.math().argmax(six, 3, 3));
        refused("expected at least one value, found an empty range", () -> kernels.math().expSum(six, 3, 3));
    }

    @Test
    void emptyRangesWriteNothing() {
        var p = new ConvParameters(6, 2, ones(12), ones(6), CausalConv.Activation.SILU);
        kernels.linear().matmul(w, 2, 2, x, 0, y, 0, 0, ROWS, scratch);
        kernels.linear().matmul(w, 0, 5, x, 0, y, 0, ROWS, 0, scratch);
        kernels.norm().rmsNorm(NormParameters.of(six, 0f), x, 0, y, 0, ROWS, 0);
        kernels.conv().convolve(p, x, 0, y, 0, six, 0, ROWS, 3, 3);
        kernels.conv().convolve(p, x, 0, y, 0, six, 1, 0, 0, 6);
        scan(0, 2, 0, 0, ROWS, 2, 2);
        scan(0, 2, 0, 2, 0, 0, 3);
        kernels.rows().add(x, y, 0, ROWS, 6, 6);
        kernels.rows().addBias(six, y, 0, 0, ROWS, 6, 6);
        kernels.math().exp(six, 6, 6);
        assertNothingWritten();
    }
}
