package io.github.mamba4j.weights.config;

import java.util.Objects;
import java.util.Optional;

/**
 * The mixer of Mamba (Gu and Dao 2023): a selective state space with a step size for each channel and a decay for each
 * state of each channel.
 *
 * @param dInner channels inside the mixer
 * @param dState states of one channel
 * @param dConv taps of the causal convolution
 * @param dtRank width of the low-rank input of dt_proj
 * @param bias whether in_proj and out_proj have a bias
 * @param convBias whether the convolution has a bias
 * @param innerNorm norms on what x_proj puts out: dt's low-rank form, B and C, each by itself
 */
public record Mamba1Config(int dInner, int dState, int dConv, int dtRank, boolean bias, boolean convBias,
        Optional<InnerNorm> innerNorm) implements MixerConfig {
    /**
     * Root-mean-square norms.
     *
     * @param eps added to the mean square
     * @param weighted whether they have weights
     */
    public record InnerNorm(float eps, boolean weighted) {
        /** Checks eps. */
        public InnerNorm {
            Checks.eps("eps of the inner norms", eps);
        }
    }

    /**
     * Checks the dimensions.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Mamba1Config {
        Checks.range("dInner", dInner, 1, Checks.MAX_WIDTH);
        Checks.range("dState", dState, 1, Checks.MAX_STATE);
        Checks.range("dConv", dConv, 1, Checks.MAX_STATE);
        Checks.range("dtRank", dtRank, 1, Checks.MAX_WIDTH);
        Objects.requireNonNull(innerNorm, "innerNorm");
    }

    /**
     * A mixer without inner norms.
     *
     * @param dInner channels inside the mixer
     * @param dState states of one channel
     * @param dConv taps of the causal convolution
     * @param dtRank width of the low-rank input of dt_proj
     * @param bias whether in_proj and out_proj have a bias
     * @param convBias whether the convolution has a bias
     */
    public Mamba1Config(int dInner, int dState, int dConv, int dtRank, boolean bias, boolean convBias) {
        this(dInner, dState, dConv, dtRank, bias, convBias, Optional.empty());
    }

    /**
     * The width of dt_proj's input in a configuration that does not say it.
     *
     * @param dModel width of the residual stream
     * @return {@code ceil(dModel / 16)}
     */
    public static int defaultDtRank(int dModel) {
        return Math.ceilDiv(dModel, 16);
    }
}
