package io.github.mamba4j.kernels.conv;

import java.util.Objects;

/**
 * The parameters of a depthwise causal convolution: one filter of {@code dConv} taps for each channel.
 *
 * @param channels the number of channels
 * @param dConv the number of taps, at least 1; the last tap meets the present row
 * @param weight {@code [dConv, channels]}: tap-major, the transpose of the checkpoint's {@code conv1d.weight}, so that
 *     neighbouring channels are neighbours in memory
 * @param bias {@code [channels]}; zeros for a convolution without bias
 * @param activation what is applied to the sum
 */
public record ConvParameters(int channels, int dConv, float[] weight, float[] bias, CausalConv.Activation activation) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if an array does not fit the dimensions
     */
    public ConvParameters {
        Objects.requireNonNull(weight, "weight");
        Objects.requireNonNull(bias, "bias");
        Objects.requireNonNull(activation, "activation");
        if (channels < 1 || dConv < 1) {
            throw new IllegalArgumentException(
                    "convolution: expected channels and taps, found " + channels + " and " + dConv);
        }
        require("weights", (long) dConv * channels, weight.length);
        require("biases", channels, bias.length);
    }

    private static void require(String what, long expected, int found) {
        if (found != expected) {
            throw new IllegalArgumentException("convolution: expected " + expected + " " + what + ", found " + found);
        }
    }

    /**
     * Builds the parameters from a checkpoint's tensors.
     *
     * @param weight {@code [channels, dConv]}: channel-major, as checkpoints store {@code conv1d.weight}
     * @param bias {@code [channels]}, or empty for a convolution without bias
     * @param channels the number of channels
     * @param activation what is applied to the sum
     * @return the parameters
     * @throws IllegalArgumentException if an array does not fit the channels
     */
    public static ConvParameters of(float[] weight, float[] bias, int channels, CausalConv.Activation activation) {
        if (channels < 1 || weight.length == 0 || weight.length % channels != 0) {
            throw new IllegalArgumentException(
                    "convolution: expected weights for " + channels + " channels, found " + weight.length);
        }
        int dConv = weight.length / channels;
        float[] transposed = new float[weight.length];
        for (int c = 0; c < channels; c++) {
            for (int tap = 0; tap < dConv; tap++) {
                transposed[tap * channels + c] = weight[c * dConv + tap];
            }
        }
        return new ConvParameters(channels, dConv, transposed, bias.length == 0 ? new float[channels] : bias,
                activation);
    }

    /**
     * The size of the window that a sequence carries from one call to the next.
     *
     * @return {@code (dConv - 1) * channels} floats
     */
    public int stateSize() {
        return (dConv - 1) * channels;
    }
}
