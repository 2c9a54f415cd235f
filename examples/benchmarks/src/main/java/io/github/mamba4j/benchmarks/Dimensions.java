package io.github.mamba4j.benchmarks;

import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.config.Presets;
import java.util.List;

/**
 * The dimensions of a model of Mamba-1 blocks.
 *
 * @param model the model
 * @param mixer what each of its blocks computes
 */
record Dimensions(ModelConfig model, Mamba1Config mixer) {
    /** A model for trying the benchmarks themselves. */
    static final String TINY = "tiny";

    /**
     * The dimensions of a model.
     *
     * @param preset a preset of {@link Presets} with Mamba-1 blocks, or {@link #TINY}
     * @return its dimensions
     */
    static Dimensions of(String preset) {
        if (preset.equals(TINY)) {
            var mixer = new Mamba1Config(64, 16, 4, 2, false, true);
            return of(new ModelConfig(TINY, 100, 32, 1e-5f, true, Multipliers.NONE,
                    List.of(BlockConfig.mixer(0, mixer), BlockConfig.mixer(1, mixer))));
        }
        return of(Presets.of(preset));
    }

    private static Dimensions of(ModelConfig model) {
        if (model.blocks().getFirst().mixer() instanceof Mamba1Config mamba) {
            return new Dimensions(model, mamba);
        }
        throw new IllegalArgumentException("expected a preset of Mamba-1, found " + model.architecture());
    }

    /**
     * The same dimensions with one block and a small vocabulary.
     *
     * @param preset as above
     * @return its dimensions
     */
    static Dimensions oneBlock(String preset) {
        Dimensions d = of(preset);
        return of(new ModelConfig(d.model.architecture(), 16, d.dModel(), d.normEps(), d.model.tied(), Multipliers.NONE,
                List.of(BlockConfig.mixer(0, d.mixer))));
    }

    int vocabSize() {
        return model.vocabSize();
    }

    int dModel() {
        return model.dModel();
    }

    float normEps() {
        return model.normEps();
    }

    int dInner() {
        return mixer.dInner();
    }

    int dState() {
        return mixer.dState();
    }

    int dtRank() {
        return mixer.dtRank();
    }
}
