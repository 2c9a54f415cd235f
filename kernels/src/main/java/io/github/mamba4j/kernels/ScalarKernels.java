package io.github.mamba4j.kernels;

import java.util.Objects;

/**
 * The kernels as plain loops: the definition of what the fast ones compute, and what runs where the Vector API is not
 * to be had. Written to be read beside the formulas; nothing here is tuned.
 */
public final class ScalarKernels implements Kernels {
    /** The number of partial sums in a dot product. */
    static final int LANES = 16;
    /** Rows that stay in one thread. */
    private static final int GRAIN = 8;

    ScalarKernels() {}

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public String description() {
        return "scalar (no vectors)";
    }

    @Override
    public void matmul(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol, int firstRow,
            int rowCount, Scratch scratch) {
        Arguments.matmul(w, outFrom, outTo, x, xCol, y, yCol, firstRow, rowCount);
        float[] lanes = scratch.row;
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int o = outFrom; o < outTo; o++) {
                clear(lanes);
                for (int k = 0; k < w.cols(); k++) {
                    accumulate(lanes, k, x.data()[x.index(r, xCol + k)], w.get(o, k));
                }
                pad(lanes, w.cols());
                y.data()[y.index(r, yCol + o)] = fold(lanes);
            }
        }
    }

    /** Nothing is packed. */
    @Override
    public boolean beginPacking(Activations x, int xCol, int cols, int rows, PackedRows to) {
        to.begin(x, xCol, cols, rows, GRAIN);
        return false;
    }

    @Override
    public void packRows(PackedRows to, int firstRow, int rowCount, Scratch scratch) {
        Arguments.packRows(to, firstRow, rowCount);
    }

    @Override
    public void matmul(Matrix w, int outFrom, int outTo, PackedRows x, Activations y, int yCol, int firstRow,
            int rowCount, Scratch scratch) {
        Arguments.matmul(w, x, firstRow, rowCount);
        matmul(w, outFrom, outTo, x.source(), x.col(), y, yCol, firstRow, rowCount, scratch);
    }

    @Override
    public void rmsNorm(Activations x, float[] weight, float eps, Activations y, int firstRow, int rowCount) {
        Arguments.rmsNorm(x, weight, y, firstRow, rowCount);
        int cols = x.cols();
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            float scale = rmsScale(x.data(), x.index(r, 0), cols, eps);
            for (int k = 0; k < cols; k++) {
                y.data()[y.index(r, k)] = x.data()[x.index(r, k)] * scale * weight[k];
            }
        }
    }

    /** 1 / sqrt(mean of squares + eps). */
    private static float rmsScale(float[] x, int offset, int cols, float eps) {
        return inverseRoot(sumOfSquares(x, offset, offset + cols, 1), cols, eps);
    }

    /**
     * The squares of every {@code stride}-th element, added up: a lane by itself, and further up the fold's halves. For
     * where there is no array to hold the lanes; padding changes nothing, as no square is -0.
     */
    private static float sumOfSquares(float[] x, int from, int to, int stride) {
        if (stride < LANES) {
            return sumOfSquares(x, from, to, 2 * stride) + sumOfSquares(x, from + stride, to, 2 * stride);
        }
        float sum = 0f;
        for (int i = from; i < to; i += LANES) {
            sum = Math.fma(x[i], x[i], sum);
        }
        return sum;
    }

    /** The norm's scale from the sum of squares: float32 operations, each correctly rounded. */
    static float inverseRoot(float sumOfSquares, int cols, float eps) {
        return 1f / (float) Math.sqrt(sumOfSquares / cols + eps);
    }

    @Override
    public void convSilu(ConvParameters p, Activations x, int xCol, Activations y, float[] window, int firstRow,
            int rowCount, int channelFrom, int channelTo) {
        Arguments.convSilu(p, x, xCol, y, window, firstRow, rowCount, channelFrom, channelTo);
        for (int c = channelFrom; c < channelTo; c++) {
            convSiluChannel(p, x, xCol, y, window, firstRow, rowCount, c);
        }
    }

    /** One channel of the convolution. */
    static void convSiluChannel(ConvParameters p, Activations x, int xCol, Activations y, float[] window, int firstRow,
            int rowCount, int c) {
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            float in = x.data()[x.index(r, xCol + c)];
            y.data()[y.index(r, c)] = ScalarMath.silu(convolve(p, window, c, in));
        }
    }

    /** One element of the convolution; moves its column of the window on. */
    static float convolve(ConvParameters p, float[] window, int c, float in) {
        int newest = (p.dConv() - 1) * p.dInner() + c;
        float acc = p.bias()[c];
        for (int at = c; at < newest; at += p.dInner()) {
            int next = at + p.dInner();
            acc = Math.fma(p.weight()[at], window[at], acc);
            window[at] = next < newest ? window[next] : in;
        }
        return Math.fma(p.weight()[newest], in, acc);
    }

    @Override
    public void selectiveScan(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rowCount, int channelFrom,
            int channelTo, Scratch scratch) {
        io.check(p, h, firstRow, rowCount, channelFrom, channelTo);
        for (int c = channelFrom; c < channelTo; c++) {
            scanChannel(p, io, h, firstRow, rowCount, c, scratch.row);
        }
    }

    /** One channel of the scan. */
    static void scanChannel(ScanParameters p, ScanBuffers io, float[] h, int firstRow, int rowCount, int c,
            float[] lanes) {
        int states = p.layout().index(0, c);
        int distance = p.layout().distance(c);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            int at = io.dt().index(r, c);
            float u = io.u().data()[at];
            float dt = ScalarMath.softplus(io.dt().data()[at] + p.dtBias()[c]);
            io.dt().data()[at] = dt;
            float dtu = dt * u;
            clear(lanes);
            for (int n = 0; n < p.dState(); n++) {
                int nc = states + n * distance;
                float decay = ScalarMath.exp2Decay(dt * p.aLog2e()[nc]);
                h[nc] = Math.fma(decay, h[nc], dtu * io.bc().data()[io.bc().index(r, io.bCol() + n)]);
                accumulate(lanes, n, h[nc], io.bc().data()[io.bc().index(r, io.cCol() + n)]);
            }
            pad(lanes, p.dState());
            float z = io.z().data()[io.z().index(r, io.zCol() + c)];
            io.y().data()[at] = Math.fma(p.d()[c], u, fold(lanes)) * ScalarMath.silu(z);
        }
    }

    @Override
    public void add(Activations x, Activations y, int firstRow, int rowCount, int colFrom, int colTo) {
        Arguments.add(x, y, firstRow, rowCount, colFrom, colTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int i = y.index(r, colFrom); i < y.index(r, colTo); i++) {
                y.data()[i] += x.data()[i];
            }
        }
    }

    @Override
    public void addBias(float[] bias, Activations y, int yCol, int firstRow, int rowCount, int outFrom, int outTo) {
        Arguments.addBias(bias, y, yCol, firstRow, rowCount, outFrom, outTo);
        for (int r = firstRow; r < firstRow + rowCount; r++) {
            for (int o = outFrom; o < outTo; o++) {
                y.data()[y.index(r, yCol + o)] += bias[o];
            }
        }
    }

    @Override
    public void widenRow(Matrix w, int row, Activations y, int yRow) {
        Arguments.widenRow(w, row, y, yRow);
        copyRow(w, row, y.data(), y.index(yRow, 0));
    }

    /** Widens one row of a matrix. */
    static void copyRow(Matrix w, int row, float[] to, int at) {
        for (int k = 0; k < w.cols(); k++) {
            to[at + k] = w.get(row, k);
        }
    }

    @Override
    public void exp(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        for (int i = from; i < to; i++) {
            x[i] = ScalarMath.exp(x[i]);
        }
    }

    @Override
    public void silu(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        for (int i = from; i < to; i++) {
            x[i] = ScalarMath.silu(x[i]);
        }
    }

    @Override
    public void softplus(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        for (int i = from; i < to; i++) {
            x[i] = ScalarMath.softplus(x[i]);
        }
    }

    @Override
    public int argmax(float[] x, int from, int to) {
        Arguments.range(x, from, to);
        int best = from;
        for (int i = from + 1; i < to; i++) {
            // compare() orders NaN above everything; -0 and +0 count as equal here.
            if (x[i] != x[best] && Float.compare(x[i], x[best]) > 0) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public float expSum(float[] x, int from, int to) {
        Arguments.range(x, from, to);
        float max = x[argmax(x, from, to)];
        for (int i = from; i < to; i++) {
            x[i] = ScalarMath.exp(x[i] - max);
        }
        return sum(x, from, to, 1);
    }

    /** Every {@code stride}-th element, added up as {@link #sumOfSquares} does. */
    private static float sum(float[] x, int from, int to, int stride) {
        if (stride < LANES) {
            return sum(x, from, to, 2 * stride) + sum(x, from + stride, to, 2 * stride);
        }
        float sum = 0f;
        for (int i = from; i < to; i += LANES) {
            sum += x[i];
        }
        return sum;
    }

    /** Sets the 16 lanes to +0. */
    private static void clear(float[] lanes) {
        for (int j = 0; j < LANES; j++) {
            lanes[j] = 0f;
        }
    }

    /** Adds the product that belongs to element k to its lane. */
    private static void accumulate(float[] lanes, int k, float a, float b) {
        lanes[k % LANES] = Math.fma(a, b, lanes[k % LANES]);
    }

    /** Adds the zeros that pad a length to a multiple of 16: they turn a lane of -0 into +0, and nothing else. */
    private static void pad(float[] lanes, int length) {
        for (int k = length; k % LANES != 0; k++) {
            accumulate(lanes, k, 0f, 0f);
        }
    }

    /** Adds up 16 lanes in halves: j and j + 8, j and j + 4, j and j + 2, 0 and 1. Overwrites them. */
    static float fold(float[] lanes) {
        for (int half = LANES / 2; half > 0; half /= 2) {
            for (int j = 0; j < half; j++) {
                lanes[j] += lanes[j + half];
            }
        }
        return lanes[0];
    }
}
