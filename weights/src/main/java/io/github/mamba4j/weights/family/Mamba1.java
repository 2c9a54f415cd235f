package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.Mamba1Config.InnerNorm;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Mamba-1 as transformers stores it: {@code model_type} mamba. */
final class Mamba1 implements Family {
    @Override
    public String name() {
        return "Mamba-1 (mamba)";
    }

    @Override
    public boolean accepts(Settings s) throws CheckpointException {
        return s.string("model_type", "").equals("mamba");
    }

    @Override
    public Description describe(Settings s) throws CheckpointException {
        Mamba1Config mixer = mixer(s, Optional.empty());
        var config = new ModelConfig("Mamba-1", s.integer("vocab_size"), s.integer("hidden_size"),
                s.real("layer_norm_epsilon", 1e-5), s.bool("tie_word_embeddings", true), Multipliers.NONE,
                layers(s.integer("num_hidden_layers"), mixer));
        return new Description(config, new MambaNaming(), s.tokenIds(), false);
    }

    /** The mixer of transformers' classes of this kind. */
    static Mamba1Config mixer(Settings s, Optional<InnerNorm> norm) throws CheckpointException {
        s.require("hidden_act", "silu", "silu", "swish");
        int dModel = s.integer("hidden_size");
        int dInner = s.has("intermediate_size") ? s.integer("intermediate_size") : dInner(s, dModel);
        return new Mamba1Config(dInner, s.integer("state_size", 16), s.integer("conv_kernel", 4),
                dtRank(s, "time_step_rank", dModel), s.bool("use_bias", false), s.bool("use_conv_bias", true), norm);
    }

    /** {@code int(expand * dModel)} in double precision, as Python has it; expand may be a fraction. */
    static int dInner(Settings s, int dModel) throws CheckpointException {
        return dInner(s, "expand", dModel);
    }

    static int dInner(Settings s, String key, int dModel) throws CheckpointException {
        double expand = s.number(key, 2);
        double inner = expand * dModel;
        if (!(inner >= 1 && inner <= Integer.MAX_VALUE)) {
            throw s.wrong(key, "a factor that gives an inner width", Double.toString(expand));
        }
        return (int) inner;
    }

    /** A width, or {@code auto}. */
    static int dtRank(Settings s, String key, int dModel) throws CheckpointException {
        boolean auto = !s.has(key) || s.isText(key, "auto");
        return auto ? Mamba1Config.defaultDtRank(dModel) : s.integer(key);
    }

    /** Layers that are all the same block. */
    static List<BlockConfig> layers(int count, MixerConfig mixer) {
        // One more than the limit is enough to be refused.
        return IntStream.range(0, Math.min(count, ModelConfig.MAX_BLOCKS + 1))
                .mapToObj(i -> BlockConfig.mixer(i, mixer)).toList();
    }
}
