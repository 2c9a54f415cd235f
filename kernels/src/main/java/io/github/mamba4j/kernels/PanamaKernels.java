package io.github.mamba4j.kernels;

import java.util.Objects;

/**
 * The kernels on the Vector API. This class checks the arguments and chooses; the work is done in a class per operation.
 * Nothing is allocated, and no vector leaves the method that made it.
 *
 * <ul>
 * <li>{@link PanamaMatvec}, {@link PanamaMatvecNarrow}, {@link PanamaMatvecPairs}: a matrix and one row
 * <li>{@link PanamaFewRows}: a matrix and a few rows, as in decoding a batch
 * <li>{@link PanamaMatmul}, with {@link PanamaPacking}, {@link PanamaStoredRows} and {@link PanamaTile}: a matrix and
 * many rows
 * <li>{@link PanamaFold}, {@link PanamaTranspose}, {@link PanamaWidening}: what these have in common
 * <li>{@link PanamaConv}, {@link PanamaScan}: along time
 * <li>{@link PanamaMath}, {@link PanamaSums}, {@link PanamaRows}: elementary functions, sums, elementwise work
 * </ul>
 *
 * <p>A kernel that loads from segments or stores to them calls their {@code isNative} first, for the compiler's sake. Allocated
 * memory, a mapped file and an array are segments of different classes. The JVM notes at each call which classes it has seen
 * there; but the calls within the Vector API are the same for all kernels, and before the API is compiled it loads from arrays
 * itself. A kernel that was compiled after that asked each segment for its class at each access: three times the instructions
 * in the loop over a float32 matrix from a file. What is noted at a call of the kernel's own are this kernel's segments. If they
 * are of one class, it is asked for once, and known from there on.
 *
 * <p>What a loop carries from round to round is an argument of the operation that changes it, never its receiver:
 * {@code sum = v.add(sum)}. The class of a vector that was just loaded is known, and an operation compares its arguments' classes
 * with its own. But at the beginning of a round the compiler knows only that {@code sum} is some vector, and the method that
 * {@code sum.add(v)} calls only from notes on classes. Where a kernel was compiled before there were any, it made an object of
 * each sum for as long as the process lived.
 */
public final class PanamaKernels implements Kernels {
    /** What every JVM has arrays for. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    PanamaKernels() {
        PanamaFirstUse.ofOperations();
    }

    @Override
    public String name() {
        return "panama";
    }

    @Override
    public String description() {
        return "panama (" + VectorWidth.describe() + ")";
    }

    @Override
    public void matmul(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol, int firstRow,
            int rowCount, Scratch scratch) {
        Arguments.matmul(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount);
        if (rowCount == 1 && multiplyRow(w, outFrom, outTo, x.data(), x.index(firstRow, xCol), y.data(),
                y.index(firstRow, yCol), scratch.panama())) {
            return;
        }
        if (rowCount <= PanamaFewRows.FEW || w.cols() > PanamaMatmul.MAX_COLS) {
            PanamaFewRows.multiply(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount, scratch.panama());
        } else {
            PanamaMatmul.multiply(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount, scratch.panama());
        }
    }

    /** Whether it could be done: some kernels for one row leave numbers that are not finite, or too large, to others. */
    private static boolean multiplyRow(Matrix w, int outFrom, int outTo, float[] x, int xAt, float[] y, int yAt,
            PanamaScratch scratch) {
        if (VectorWidth.PARTS == 1) {
            return PanamaMatvec.multiply(w, outFrom, outTo, x, xAt, y, yAt, scratch);
        }
        if (w.dtype() == DType.F32) {
            PanamaMatvecNarrow.multiply(w, outFrom, outTo, x, xAt, y, yAt, scratch);
            return true;
        }
        return PanamaMatvecPairs.fits(w) && PanamaMatvecPairs.multiply(w, outFrom, outTo, x, xAt, y, yAt, scratch);
    }

    @Override
    public int leastOutputs(int rows) {
        return Turns.areMany(rows) ? PanamaMatmul.LEAST_OUTPUTS : Kernels.super.leastOutputs(rows);
    }

    @Override
    public boolean beginPacking(Activations x, int xCol, int cols, int rows, PackedRows to) {
        to.begin(x, xCol, cols, rows, PanamaTile.ROWS);
        long floats = PanamaPacking.floatsOfPanels(rows, cols);
        if (rows <= PanamaFewRows.FEW || cols > PanamaMatmul.MAX_COLS || floats > MAX_ARRAY) {
            return false;
        }
        to.reserve((int) floats);
        return true;
    }

    @Override
    public void packRows(PackedRows to, int firstRow, int rowCount, Scratch scratch) {
        Arguments.packRows(to, firstRow, rowCount);
        if (to.isPacked()) {
            PanamaMatmul.pack(to, firstRow, rowCount, scratch.panama());
        }
    }

    @Override
    public void matmul(Matrix w, int outFrom, int outTo, PackedRows x, Activations y, int yCol, int firstRow,
            int rowCount, Scratch scratch) {
        Arguments.matmul(w, x, firstRow, rowCount);
        if (x.isPacked() && firstRow % x.grain() == 0) {
            Arguments.matmul(w, outFrom, outTo, x.source(), x.col(), y, yCol, firstRow, rowCount);
            PanamaMatmul.multiply(w, outFrom, outTo, x, y, yCol, firstRow, rowCount, scratch.panama());
        } else {
            matmul(w, outFrom, outTo, x.source(), x.col(), y, yCol, firstRow, rowCount, scratch);
        }
    }

    @Override
    public void rmsNorm(Activations x, float[] weight, float eps, Activations y, int firstRow, int rowCount) {
        Arguments.rmsNorm(x, weight, y, firstRow, rowCount);
        int cols = x.cols();
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            float scale = ScalarKernels.inverseRoot(PanamaSums.squares(x.data(), x.index(r, 0), cols), cols, eps);
            PanamaRows.scale(x.data(), x.index(r, 0), scale, weight, y.data(), y.index(r, 0), cols);
        }
    }

    @Override
    public void convSilu(ConvParameters p, Activations x, int xCol, Activations y, float[] window, int firstRow,
            int rowCount, int channelFrom, int channelTo) {
        Arguments.convSilu(p, x, xCol, y, window, firstRow, rowCount, channelFrom, channelTo);
        PanamaConv.convSilu(p, x, xCol, y, window, firstRow, rowCount, channelFrom, channelTo);
    }

    @Override
    public void selectiveScan(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rowCount, int channelFrom,
            int channelTo, Scratch scratch) {
        io.check(p, h, firstRow, rowCount, channelFrom, channelTo);
        PanamaScan.scan(p, io, h, firstRow, rowCount, channelFrom, channelTo, scratch.panama());
    }

    @Override
    public void add(Activations x, Activations y, int firstRow, int rowCount, int colFrom, int colTo) {
        Arguments.add(x, y, firstRow, rowCount, colFrom, colTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            PanamaRows.add(x.data(), x.index(r, colFrom), y.data(), y.index(r, colFrom), colTo - colFrom);
        }
    }

    @Override
    public void addBias(float[] bias, Activations y, int yCol, int firstRow, int rowCount, int outFrom, int outTo) {
        Arguments.addBias(bias, y, yCol, firstRow, rowCount, outFrom, outTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            PanamaRows.add(bias, outFrom, y.data(), y.index(r, yCol + outFrom), outTo - outFrom);
        }
    }

    @Override
    public void widenRow(Matrix w, int row, Activations y, int yRow) {
        Arguments.widenRow(w, row, y, yRow);
        ScalarKernels.copyRow(w, row, y.data(), y.index(yRow, 0));
    }

    @Override
    public void exp(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        PanamaMath.exp(x, from, x, from, to - from);
    }

    @Override
    public void silu(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        PanamaMath.silu(x, from, x, from, to - from);
    }

    @Override
    public void softplus(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        PanamaMath.softplus(x, from, to - from);
    }

    @Override
    public int argmax(float[] x, int from, int to) {
        Arguments.range(x, from, to);
        float max = PanamaMath.max(x, from, to - from);
        return Float.isNaN(max) ? PanamaMath.indexOfNaN(x, from) : PanamaMath.indexOf(x, from, to, max);
    }

    @Override
    public float expSum(float[] x, int from, int to) {
        Arguments.range(x, from, to);
        int n = to - from;
        PanamaMath.subtract(x, from, n, PanamaMath.max(x, from, n));
        PanamaMath.exp(x, from, x, from, n);
        return PanamaSums.sum(x, from, n);
    }
}
