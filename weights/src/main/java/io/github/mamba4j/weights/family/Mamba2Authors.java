package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.config.TokenIds;

/** Mamba-2 as its authors store it: {@code ssm_cfg.layer} is Mamba2. */
final class Mamba2Authors implements Family {
    /** Fixed in the authors' gated norm. */
    private static final float NORM_EPS = 1e-5f;

    @Override
    public String name() {
        return "Mamba-2 (mamba2)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        return !s.has("model_type") && s.has("d_model") && s.in("ssm_cfg").isText("layer", "Mamba2");
    }

    @Override
    public Description describe(Settings s) throws CheckpointException {
        Settings ssm = s.in("ssm_cfg");
        Mamba1Authors.requireNoHybrid(s);
        int dModel = s.integer("d_model");
        int dInner = ssm.has("d_ssm") ? ssm.integer("d_ssm") : Mamba1.dInner(ssm, dModel);
        int headDim = ssm.integer("headdim", 64);
        if (headDim < 1 || dInner % headDim != 0) {
            throw ssm.wrong("headdim", "a divisor of " + dInner + " channels", Integer.toString(headDim));
        }
        int groups = ssm.integer("ngroups", 1);
        float[] limit = Mamba2.timeStepLimit(ssm, "dt_limit");
        Order order = !ssm.bool("rmsnorm", true)
                ? Order.NO_NORM
                : ssm.bool("norm_before_gate", false) ? Order.NORM_FIRST : Order.GATE_FIRST;
        var mixer = new Mamba2Config(dInner / headDim, headDim, groups, ssm.integer("d_state", 128),
                ssm.integer("d_conv", 4), ssm.bool("bias", false), ssm.bool("conv_bias", true), limit[0], limit[1],
                new GatedNorm(order, groups, NORM_EPS));
        var config = new ModelConfig("Mamba-2", s.integer("vocab_size"), dModel, s.real("norm_epsilon", 1e-5),
                s.bool("tie_embeddings", true), Multipliers.NONE, Mamba1.layers(s.integer("n_layer"), mixer));
        return new Description(config, new MambaNaming(), TokenIds.NONE, true);
    }
}
