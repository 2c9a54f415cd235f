package io.github.mamba4j.kernels;

import java.util.Objects;

/**
 * The parameters of a depthwise causal convolution: one filter of {@code dConv} taps for each of {@code dInner}
 * channels.
 *
 * @param dInner the number of channels
 * @param dConv the number of taps, at least 1; the last tap meets the present row
 * @param weight {@code [dConv, dInner]}: tap-major, the transpose of the checkpoint's {@code conv1d.weight}, so that
 *     neighbouring channels are neighbours in memory
 * @param bias {@code [dInner]}; zeros for a convolution without bias
 */
public record ConvParameters(int dInner, int dConv, float[] weight, float[] bias) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if an array does not fit the dimensions
     */
    public ConvParameters {
        Objects.requireNonNull(weight, "weight");
        Objects.requireNonNull(bias, "bias");
        if (dInner < 1 || dConv < 1 || weight.length != dConv * dInner || bias.length != dInner) {
            throw new IllegalArgumentException(
                    "a convolution of " + dInner + " channels and " + dConv + " taps has not "
                            + weight.length + " weights and " + bias.length + " biases");
        }
    }

    /**
     * The size of the window that a sequence carries from one call to the next.
     *
     * @return {@code (dConv - 1) * dInner} floats
     */
    public int stateSize() {
        return (dConv - 1) * dInner;
    }
}
