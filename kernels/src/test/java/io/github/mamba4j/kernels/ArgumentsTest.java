package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
        kernels.matmul(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount, scratch);
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
        outOfBounds(() -> kernels.matmul(w, 0, 5, x, 0, activations(2, 6), 0, 0, 3, scratch));
    }

    @Test
    void matmulInPlace() {
        refused("a product cannot overwrite its input",
                () -> kernels.matmul(w, 0, 2, x, 0, x, 4, 0, ROWS, scratch));
    }

    @Test
    void norms() {
        refused("a norm of 6 columns has not 5 weights and 6 outputs",
                () -> kernels.rmsNorm(x, ones(5), 0f, y, 0, ROWS));
        refused("a norm of 6 columns has not 6 weights and 5 outputs",
                () -> kernels.rmsNorm(x, six, 0f, activations(ROWS, 5), 0, ROWS));
        outOfBounds(() -> kernels.rmsNorm(x, six, 0f, y, 1, ROWS), () -> kernels.rmsNorm(x, six, 0f, y, -1, 1),
                () -> kernels.rmsNorm(x, six, 0f, activations(2, 6), 0, ROWS));
    }

    @Test
    void convolutionParameters() {
        refused("a convolution of 3 channels and 2 taps has not 5 weights and 3 biases",
                () -> new ConvParameters(3, 2, ones(5), ones(3)));
        refused("a convolution of 3 channels and 2 taps has not 6 weights and 2 biases",
                () -> new ConvParameters(3, 2, ones(6), ones(2)));
        refused("a convolution of 0 channels and 2 taps has not 0 weights and 0 biases",
                () -> new ConvParameters(0, 2, ones(0), ones(0)));
        refused("a convolution of 3 channels and 0 taps has not 0 weights and 3 biases",
                () -> new ConvParameters(3, 0, ones(0), ones(3)));
    }

    @Test
    void convolutions() {
        var p = new ConvParameters(6, 2, ones(12), ones(6));
        String message = "convolution buffers do not fit 6 channels";
        refused(message, () -> kernels.convSilu(p, x, 0, activations(ROWS, 7), six, 0, ROWS, 0, 6));
        refused(message, () -> kernels.convSilu(p, x, 0, y, ones(7), 0, ROWS, 0, 6));
        Activations narrow = activations(4, 6);
        refused(message, () -> kernels.convSilu(p, new Activations(narrow.data(), 2, 12), 0, narrow, six, 0, 1, 0, 6));
        outOfBounds(() -> kernels.convSilu(p, x, 1, y, six, 0, ROWS, 0, 6),
                () -> kernels.convSilu(p, x, -1, y, six, 0, ROWS, 0, 6),
                () -> kernels.convSilu(p, x, 0, y, six, 1, ROWS, 0, 6),
                () -> kernels.convSilu(p, x, 0, y, six, 0, -1, 0, 6),
                () -> kernels.convSilu(p, x, 0, y, six, 0, ROWS, 0, 7),
                () -> kernels.convSilu(p, x, 0, y, six, 0, ROWS, -1, 6),
                () -> kernels.convSilu(p, x, 0, y, six, 0, ROWS, 4, 3));
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
        kernels.selectiveScan(p, io, h, firstRow, rowCount, from, to, scratch);
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
        refused("cannot add 5 columns to 6", () -> kernels.add(activations(ROWS, 5), y, 0, ROWS, 0, 5));
        outOfBounds(() -> kernels.add(x, y, 0, ROWS, 0, 7), () -> kernels.add(x, y, 0, ROWS, -1, 6),
                () -> kernels.add(x, y, 0, ROWS, 4, 3), () -> kernels.add(x, y, 1, ROWS, 0, 6),
                () -> kernels.add(x, y, -1, 1, 0, 6), () -> kernels.add(activations(2, 6), y, 0, ROWS, 0, 6));
        outOfBounds(() -> kernels.addBias(six, y, 0, 0, ROWS, 0, 7), () -> kernels.addBias(six, y, 1, 0, ROWS, 0, 6),
                () -> kernels.addBias(six, y, -1, 0, ROWS, 0, 6), () -> kernels.addBias(six, y, 0, 1, ROWS, 0, 6),
                () -> kernels.addBias(six, y, 0, 0, ROWS, 4, 3));
    }

    @Test
    void widenedRows() {
        refused("a row of 4 does not fit 6 columns", () -> kernels.widenRow(w, 0, y, 0));
        Activations four = activations(ROWS, 4);
        outOfBounds(() -> kernels.widenRow(w, 5, four, 0), () -> kernels.widenRow(w, -1, four, 0),
                () -> kernels.widenRow(w, 0, four, ROWS), () -> kernels.widenRow(w, 0, four, -1));
        Bits.assertSame(ones(ROWS * 4), four.data(), "y");
    }

    @Test
    void rangesOfArrays() {
        outOfBounds(() -> kernels.exp(six, 0, 7), () -> kernels.exp(six, -1, 6), () -> kernels.exp(six, 4, 3),
                () -> kernels.silu(six, 0, 7), () -> kernels.silu(six, -1, 6), () -> kernels.silu(six, 4, 3),
                () -> kernels.softplus(six, 0, 7), () -> kernels.softplus(six, -1, 6),
                () -> kernels.softplus(six, 4, 3), () -> kernels.argmax(six, 0, 7), () -> kernels.argmax(six, -1, 6),
                () -> kernels.expSum(six, 0, 7), () -> kernels.expSum(six, -1, 6));
        refused("the range is empty", () -> kernels.argmax(six, 3, 3));
        refused("the range is empty", () -> kernels.expSum(six, 3, 3));
    }

    @Test
    void emptyRangesWriteNothing() {
        var p = new ConvParameters(6, 2, ones(12), ones(6));
        kernels.matmul(w, 2, 2, x, 0, y, 0, 0, ROWS, scratch);
        kernels.matmul(w, 0, 5, x, 0, y, 0, ROWS, 0, scratch);
        kernels.rmsNorm(x, six, 0f, y, ROWS, 0);
        kernels.convSilu(p, x, 0, y, six, 0, ROWS, 3, 3);
        kernels.convSilu(p, x, 0, y, six, 1, 0, 0, 6);
        scan(0, 2, 0, 0, ROWS, 2, 2);
        scan(0, 2, 0, 2, 0, 0, 3);
        kernels.add(x, y, 0, ROWS, 6, 6);
        kernels.addBias(six, y, 0, 0, ROWS, 6, 6);
        kernels.exp(six, 6, 6);
        assertNothingWritten();
    }

    @Test
    void packedRows() {
        PackedRows packed = new PackedRows();
        assertEquals(1, packed.grain());
        assertEquals("no rows to pack or multiply have been named",
                assertThrows(NullPointerException.class, packed::source).getMessage());
        outOfBounds(() -> kernels.beginPacking(x, 3, 4, ROWS, packed),
                () -> kernels.beginPacking(x, 0, 4, ROWS + 1, packed));
        kernels.beginPacking(x, 1, 4, ROWS, packed);
        // The vector kernels have tiles of 8 rows, and of 6 where vectors are few.
        int grain = kernels.name().equals("scalar") || VectorWidth.MANY_REGISTERS ? 8 : 6;
        assertEquals(grain, packed.grain());
        outOfBounds(() -> kernels.packRows(packed, 0, ROWS + 1, scratch),
                () -> kernels.matmul(w, 0, 5, packed, y, 0, 1, ROWS, scratch),
                () -> kernels.matmul(w, 0, 6, packed, y, 0, 0, ROWS, scratch));
        refused("rows 1 to 3 of 3 are not a share of multiples of " + grain,
                () -> kernels.packRows(packed, 1, 2, scratch));
        refused("rows 0 to 2 of 3 are not a share of multiples of " + grain,
                () -> kernels.packRows(packed, 0, 2, scratch));
        refused("a product cannot overwrite its input",
                () -> kernels.matmul(w, 0, 5, packed, x, 0, 0, ROWS, scratch));
        // So few rows are not packed, and to try does no harm.
        kernels.packRows(packed, 0, ROWS, scratch);
        assertNothingWritten();
        kernels.beginPacking(x, 0, 6, ROWS, packed);
        refused("rows of 6 columns are prepared, the weights have 4",
                () -> kernels.matmul(w, 0, 5, packed, y, 0, 0, ROWS, scratch));
    }
}
