package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;

/** What the configurations of hybrids say of Mamba-2, under names that begin with {@code mamba_}. */
final class Mamba2Settings {
    private Mamba2Settings() {}

    /**
     * A mixer whose norm runs over the channels of each group for itself, after the gate.
     *
     * @param states the states of a channel in a configuration that does not say it
     * @throws CheckpointException naming the setting that is missing, wrong or not supported
     */
    static Mamba2Config mixer(Settings s, int states, float eps) throws CheckpointException {
        int dInner = Mamba1.dInner(s, "mamba_expand", s.integer("hidden_size"));
        int heads = s.integer("mamba_n_heads", 128);
        boolean auto = !s.has("mamba_d_head") || s.isText("mamba_d_head", "auto");
        int headDim = auto ? dInner / Math.max(1, heads) : s.integer("mamba_d_head");
        if ((long) heads * headDim != dInner) {
            throw s.wrong("mamba_n_heads", "heads of mamba_d_head that make up mamba_expand * hidden_size = " + dInner,
                    heads + " of " + headDim);
        }
        int groups = s.integer("mamba_n_groups", 1);
        float[] limit = Mamba2.timeStepLimit(s, "time_step_limit");
        return new Mamba2Config(heads, headDim, groups, s.integer("mamba_d_state", states),
                s.integer("mamba_d_conv", 4), s.bool("mamba_proj_bias", false), s.bool("mamba_conv_bias", true),
                limit[0], limit[1], new GatedNorm(Order.GATE_FIRST, groups, eps));
    }
}
