package io.github.mamba4j.kernels;

/**
 * The depthwise convolution, a row at a time: every tap is one pass over the channels, in order, so that any number of
 * taps is the same code; the row stays in the first-level cache meanwhile.
 */
final class PanamaConv {
    private PanamaConv() {}

    /** See {@link Kernels#convSilu}; the arguments are checked. */
    static void convSilu(ConvParameters p, Activations x, int xCol, Activations y, float[] window, int firstRow,
            int rowCount, int channelFrom, int channelTo) {
        int history = p.dConv() - 1;
        int n = channelTo - channelFrom;
        for (int t = 0; t < rowCount; t++) {
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
            PanamaMath.silu(y.data(), out, y.data(), out, n);
        }
        moveWindow(p, x, xCol, window, firstRow, rowCount, channelFrom, n);
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
