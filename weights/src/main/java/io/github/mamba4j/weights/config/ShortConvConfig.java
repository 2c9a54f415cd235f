package io.github.mamba4j.weights.config;

/**
 * The gated short convolution of LFM2 (Liquid AI 2025):
 *
 * <pre>
 * [B, C, x] = in_proj(n)
 * out       = out_proj(C * conv1d(B * x))
 * </pre>
 *
 * @param channels the channels of each of B, C and x
 * @param taps taps of the causal convolution
 * @param bias whether in_proj, the convolution and out_proj have a bias
 */
public record ShortConvConfig(int channels, int taps, boolean bias) implements MixerConfig {
    /**
     * Checks the dimensions.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public ShortConvConfig {
        Checks.range("channels", channels, 1, Checks.MAX_WIDTH);
        Checks.range("taps", taps, 1, Checks.MAX_STATE);
    }
}
