package io.github.mamba4j.kernels.conv;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.math.Rows;
import io.github.mamba4j.kernels.math.VectorMath;
import jdk.incubator.vector.FloatVector;

/**
 * {@link CausalConv} on the Vector API. The window holds the rows of input before the one at hand and moves on with it, so that rows
 * may be convolved where they are. Four taps, which all published models have, take four rows at a time. Rows stay in the
 * first-level cache until silu.
 */
final class PanamaCausalConv implements CausalConv {
    /** So many rows of so many taps have a loop of their own. */
    private static final int ROWS = 4;
    private static final int TAPS = 4;

    @Override
    public void convolve(ConvParameters p, Activations x, int xCol, Activations y, int yCol, float[] window,
            int firstRow, int rowCount, int channelFrom, int channelTo) {
        ConvChecks.convolve(p, x, xCol, y, yCol, window, firstRow, rowCount, channelFrom, channelTo);
        int n = channelTo - channelFrom;
        int end = firstRow + rowCount;
        int r = firstRow;
        while (p.dConv() == TAPS && r + ROWS <= end) {
            fourRows(p, window, channelFrom, x.data(), x.index(r, xCol + channelFrom), x.cols(), y.data(),
                    y.index(r, yCol + channelFrom), y.cols(), n);
            activate(p, y, r, r + ROWS, yCol + channelFrom, n);
            r += ROWS;
        }
        for (; r < end; r++) {
            oneRow(p, window, channelFrom, x.data(), x.index(r, xCol + channelFrom), y.data(),
                    y.index(r, yCol + channelFrom), n);
            activate(p, y, r, r + 1, yCol + channelFrom, n);
        }
    }

    private static void activate(ConvParameters p, Activations y, int from, int to, int col, int n) {
        if (p.activation() == Activation.SILU) {
            for (int r = from; r < to; r++) {
                int at = y.index(r, col);
                VectorMath.silu(y.data(), at, y.data(), at, n);
            }
        }
    }

    /** One row of any number of taps. */
    private static void oneRow(ConvParameters p, float[] window, int channelFrom, float[] x, int xAt, float[] y,
            int yAt, int n) {
        int row = p.channels();
        int newest = (p.dConv() - 1) * row;
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            int c = channelFrom + i;
            FloatVector acc = FloatVector.fromArray(FLOATS, p.bias(), c);
            for (int tap = 0; tap < newest; tap += row) {
                FloatVector past = FloatVector.fromArray(FLOATS, window, tap + c);
                acc = FloatVector.fromArray(FLOATS, p.weight(), tap + c).fma(past, acc);
                if (tap > 0) {
                    past.intoArray(window, tap - row + c);
                }
            }
            FloatVector in = FloatVector.fromArray(FLOATS, x, xAt + i);
            acc = FloatVector.fromArray(FLOATS, p.weight(), newest + c).fma(in, acc);
            if (newest > 0) {
                in.intoArray(window, newest - row + c);
            }
            acc.intoArray(y, yAt + i);
        }
        for (int i = whole; i < n; i++) {
            y[yAt + i] = ScalarCausalConv.sum(p, window, channelFrom + i, x[xAt + i]);
        }
    }

    /** Four rows of four taps: each element of the window, the weights and the input is read once. */
    private static void fourRows(ConvParameters p, float[] window, int c, float[] x, int xAt, int xRow, float[] y,
            int yAt, int yRow, int n) {
        float[] w = p.weight();
        int row = p.channels();
        int whole = FLOATS.loopBound(n);
        for (int i = 0; i < whole; i += FLOATS.length()) {
            FloatVector bias = FloatVector.fromArray(FLOATS, p.bias(), c + i);
            FloatVector w0 = FloatVector.fromArray(FLOATS, w, c + i);
            FloatVector w1 = FloatVector.fromArray(FLOATS, w, c + row + i);
            FloatVector w2 = FloatVector.fromArray(FLOATS, w, c + 2 * row + i);
            FloatVector w3 = FloatVector.fromArray(FLOATS, w, c + 3 * row + i);
            FloatVector past0 = FloatVector.fromArray(FLOATS, window, c + i);
            FloatVector past1 = FloatVector.fromArray(FLOATS, window, c + row + i);
            FloatVector past2 = FloatVector.fromArray(FLOATS, window, c + 2 * row + i);
            FloatVector x0 = FloatVector.fromArray(FLOATS, x, xAt + i);
            FloatVector x1 = FloatVector.fromArray(FLOATS, x, xAt + xRow + i);
            FloatVector x2 = FloatVector.fromArray(FLOATS, x, xAt + 2 * xRow + i);
            FloatVector x3 = FloatVector.fromArray(FLOATS, x, xAt + 3 * xRow + i);
            w3.fma(x0, w2.fma(past2, w1.fma(past1, w0.fma(past0, bias)))).intoArray(y, yAt + i);
            w3.fma(x1, w2.fma(x0, w1.fma(past2, w0.fma(past1, bias)))).intoArray(y, yAt + yRow + i);
            w3.fma(x2, w2.fma(x1, w1.fma(x0, w0.fma(past2, bias)))).intoArray(y, yAt + 2 * yRow + i);
            w3.fma(x3, w2.fma(x2, w1.fma(x1, w0.fma(x0, bias)))).intoArray(y, yAt + 3 * yRow + i);
            x1.intoArray(window, c + i);
            x2.intoArray(window, c + row + i);
            x3.intoArray(window, c + 2 * row + i);
        }
        for (int i = whole; i < n; i++) {
            for (int r = 0; r < ROWS; r++) {
                y[yAt + r * yRow + i] = ScalarCausalConv.sum(p, window, c + i, x[xAt + r * xRow + i]);
            }
        }
    }
}
