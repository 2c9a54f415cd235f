package io.github.mamba4j.kernels.conv;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.math.Ranges;
import java.util.Objects;

/** The checks of {@link CausalConv}, the same for every implementation. */
final class ConvChecks {
    private ConvChecks() {}

    static void convolve(ConvParameters p, Activations x, int xCol, Activations y, int yCol, float[] window,
            int firstRow, int rowCount, int channelFrom, int channelTo) {
        Objects.checkFromToIndex(channelFrom, channelTo, p.channels());
        if (window.length != p.stateSize()) {
            throw new IllegalArgumentException(
                    "convolution: expected a window of " + p.stateSize() + " values, found " + window.length);
        }
        Ranges.check(x, firstRow, rowCount, xCol, p.channels());
        Ranges.check(y, firstRow, rowCount, yCol, p.channels());
        Ranges.checkInPlace("convolution", x, xCol, y, yCol, p.channels());
    }
}
