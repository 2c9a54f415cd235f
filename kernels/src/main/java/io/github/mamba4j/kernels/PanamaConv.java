package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * The depthwise convolution, a row at a time. Four taps, which all published models have, are one pass over the channels;
 * for any other number every tap is a pass of its own, in order. The row stays in the first-level cache until silu.
 */
final class PanamaConv {
    /** The number of taps with a loop of its own. */
    private static final int TAPS = 4;

    private PanamaConv() {}

    /** See {@link Kernels#convSilu}; the arguments are checked. */
    static void convSilu(ConvParameters p, Activations x, int xCol, Activations y, float[] window, int firstRow,
            int rowCount, int channelFrom, int channelTo) {
        int n = channelTo - channelFrom;
        for (int t = 0; t < rowCount; t++) {
            int out = y.index(firstRow + t, channelFrom);
            if (p.dConv() == TAPS && t >= TAPS - 1) {
                fourTaps(p.weight(), p.dInner(), p.bias(), channelFrom, x.data(),
                        x.index(firstRow + t - (TAPS - 1), xCol + channelFrom), x.cols(), y.data(), out, n);
            } else {
                tapByTap(p, x, xCol, y, window, firstRow, t, channelFrom, n);
            }
            PanamaMath.silu(y.data(), out, y.data(), out, n);
        }
        moveWindow(p, x, xCol, window, firstRow, rowCount, channelFrom, n);
    }

    /** One row of any number of taps, some of which may look into the window. */
    private static void tapByTap(ConvParameters p, Activations x, int xCol, Activations y, float[] window, int firstRow,
            int t, int channelFrom, int n) {
        int history = p.dConv() - 1;
        int out = y.index(firstRow + t, channelFrom);
        System.arraycopy(p.bias(), channelFrom, y.data(), out, n);
        for (int tap = 0; tap <= history; tap++) {
            int weight = tap * p.dInner() + channelFrom;
            int past = t - history + tap;
            if (past < 0) {
                int slot = (history + past) * p.dInner() + channelFrom;
                PanamaRows.multiplyAdd(p.weight(), weight, window, slot, y.data(), out, n);
            } else {
                int in = x.index(firstRow + past, xCol + channelFrom);
                PanamaRows.multiplyAdd(p.weight(), weight, x.data(), in, y.data(), out, n);
            }
        }
    }

    /** One row of four taps: rows of weights and of inputs are so many floats apart. */
    private static void fourTaps(float[] w, int wRow, float[] bias, int wAt, float[] x, int xAt, int xRow, float[] y,
            int yAt, int n) {
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector acc = FloatVector.fromArray(FLOATS, bias, wAt + i);
            acc = FloatVector.fromArray(FLOATS, w, wAt + i).fma(FloatVector.fromArray(FLOATS, x, xAt + i), acc);
            acc = FloatVector.fromArray(FLOATS, w, wAt + wRow + i)
                    .fma(FloatVector.fromArray(FLOATS, x, xAt + xRow + i), acc);
            acc = FloatVector.fromArray(FLOATS, w, wAt + 2 * wRow + i)
                    .fma(FloatVector.fromArray(FLOATS, x, xAt + 2 * xRow + i), acc);
            acc = FloatVector.fromArray(FLOATS, w, wAt + 3 * wRow + i)
                    .fma(FloatVector.fromArray(FLOATS, x, xAt + 3 * xRow + i), acc);
            acc.intoArray(y, yAt + i);
        }
        for (int i = whole; i < n; i++) {
            float acc = bias[wAt + i];
            for (int tap = 0; tap < TAPS; tap++) {
                acc = Math.fma(w[wAt + tap * wRow + i], x[xAt + tap * xRow + i], acc);
            }
            y[yAt + i] = acc;
        }
    }

    /** Keeps the last rows of input. Ascending: a slot is read before it is overwritten. */
    private static void moveWindow(ConvParameters p, Activations x, int xCol, float[] window, int firstRow,
            int rowCount, int channelFrom, int n) {
        int history = p.dConv() - 1;
        for (int slot = 0; slot < history; slot++) {
            int to = slot * p.dInner() + channelFrom;
            int t = rowCount - history + slot;
            if (t < 0) {
                System.arraycopy(window, (slot + rowCount) * p.dInner() + channelFrom, window, to, n);
            } else {
                System.arraycopy(x.data(), x.index(firstRow + t, xCol + channelFrom), window, to, n);
            }
        }
    }
}
