package io.github.mamba4j.weights.config;

import java.util.Objects;

/**
 * The mixer of Mamba-2 (Dao and Gu 2024): a selective state space with one step size, decay and skip for each head of
 * channels, and one B and C for each group of heads.
 *
 * @param heads the number of heads
 * @param headDim channels of a head
 * @param groups the number of groups, which divides the heads
 * @param dState states of one channel
 * @param dConv taps of the causal convolution over x, B and C
 * @param bias whether in_proj and out_proj have a bias
 * @param convBias whether the convolution has a bias
 * @param timeStepMin the least step size: what softplus gives is clamped to these limits
 * @param timeStepMax the largest step size; may be infinite
 * @param norm the norm before out_proj
 */
public record Mamba2Config(int heads, int headDim, int groups, int dState, int dConv, boolean bias, boolean convBias,
        float timeStepMin, float timeStepMax, GatedNorm norm) implements MixerConfig {
    /**
     * The norm before out_proj, which a gate z goes into.
     *
     * @param order when the gate comes
     * @param groups how many ranges of channels are normed each for itself
     * @param eps added to the mean square
     */
    public record GatedNorm(Order order, int groups, float eps) {
        /** When the gate comes. */
        public enum Order {
            /** {@code norm(y * silu(z)) * weight} */
            GATE_FIRST,
            /** {@code norm(y) * weight * silu(z)} */
            NORM_FIRST,
            /** {@code y * silu(z)}: no norm. */
            NO_NORM
        }

        /** Checks the sizes. */
        public GatedNorm {
            Objects.requireNonNull(order, "order");
            Checks.range("the groups of the norm", groups, 1, Checks.MAX_STATE);
            Checks.eps("eps of the norm", eps);
        }
    }

    /**
     * Checks the dimensions.
     *
     * @throws IllegalArgumentException if one is out of range, or the groups do not divide what they group
     */
    public Mamba2Config {
        Checks.range("heads", heads, 1, Checks.MAX_WIDTH);
        Checks.range("headDim", headDim, 1, Checks.MAX_STATE);
        Checks.range("dInner", Math.multiplyExact(heads, headDim), 1, Checks.MAX_WIDTH);
        Checks.range("groups", groups, 1, heads);
        Checks.range("dState", dState, 1, Checks.MAX_STATE);
        Checks.range("dConv", dConv, 1, Checks.MAX_STATE);
        Objects.requireNonNull(norm, "norm");
        if (heads % groups != 0) {
            throw new IllegalArgumentException("expected groups that divide " + heads + " heads, found " + groups);
        }
        if (heads * headDim % norm.groups() != 0) {
            throw new IllegalArgumentException(
                    "expected groups of the norm that divide " + heads * headDim + " channels, found " + norm.groups());
        }
        if (!(timeStepMin >= 0 && timeStepMax > timeStepMin)) {
            throw new IllegalArgumentException(
                    "expected a time step limit of 0 or more and a larger one, found " + timeStepMin + " and "
                            + timeStepMax);
        }
    }

    /**
     * The channels of all heads.
     *
     * @return d_inner
     */
    public int dInner() {
        return heads * headDim;
    }

    /**
     * The channels that are convolved: those of x, then B and C of each group.
     *
     * @return {@code dInner + 2 * groups * dState}
     */
    public int convChannels() {
        return dInner() + 2 * groups * dState;
    }
}
