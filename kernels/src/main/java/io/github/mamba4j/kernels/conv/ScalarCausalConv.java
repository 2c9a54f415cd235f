package io.github.mamba4j.kernels.conv;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.math.ScalarMath;

/** {@link CausalConv} as plain loops. */
final class ScalarCausalConv implements CausalConv {
    @Override
    public void convolve(ConvParameters p, Activations x, int xCol, Activations y, int yCol, float[] window,
            int firstRow, int rowCount, int channelFrom, int channelTo) {
        ConvChecks.convolve(p, x, xCol, y, yCol, window, firstRow, rowCount, channelFrom, channelTo);
        for (int c = channelFrom; c < channelTo; c++) {
            for (int r = firstRow; r < firstRow + rowCount; r++) {
                float sum = sum(p, window, c, x.data()[x.index(r, xCol + c)]);
                y.data()[y.index(r, yCol + c)] = switch (p.activation()) {
                    case SILU -> ScalarMath.silu(sum);
                    case NONE -> sum;
                };
            }
        }
    }

    /** One element of the convolution; moves its column of the window on. */
    static float sum(ConvParameters p, float[] window, int c, float in) {
        int newest = (p.dConv() - 1) * p.channels() + c;
        float acc = p.bias()[c];
        for (int at = c; at < newest; at += p.channels()) {
            int next = at + p.channels();
            acc = Math.fma(p.weight()[at], window[at], acc);
            window[at] = next < newest ? window[next] : in;
        }
        return Math.fma(p.weight()[newest], in, acc);
    }
}
