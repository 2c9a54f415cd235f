package io.github.mamba4j.weights.config;

import io.github.mamba4j.weights.config.Mamba1Config.InnerNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The dimensions of published models, for measurements with random weights. */
public final class Presets {
    private static final Map<String, Supplier<ModelConfig>> PRESETS = new LinkedHashMap<>();

    static {
        PRESETS.put("mamba-130m", () -> mamba1(768, 24));
        PRESETS.put("mamba-370m", () -> mamba1(1024, 48));
        PRESETS.put("mamba-790m", () -> mamba1(1536, 48));
        PRESETS.put("mamba-1.4b", () -> mamba1(2048, 48));
        PRESETS.put("mamba-2.8b", () -> mamba1(2560, 64));
        PRESETS.put("mamba2-130m", () -> mamba2(768, 24));
        PRESETS.put("mamba2-370m", () -> mamba2(1024, 48));
        PRESETS.put("mamba2-780m", () -> mamba2(1536, 48));
        PRESETS.put("mamba2-1.3b", () -> mamba2(2048, 48));
        PRESETS.put("mamba2-2.7b", () -> mamba2(2560, 64));
        PRESETS.put("codestral-7b", Presets::codestral);
        PRESETS.put("falcon-mamba-7b", Presets::falconMamba);
    }

    private Presets() {}

    /**
     * The names.
     *
     * @return what {@link #of} knows
     */
    public static List<String> names() {
        return List.copyOf(PRESETS.keySet());
    }

    /**
     * The dimensions of a published model, with the vocabulary of the published checkpoints.
     *
     * @param name one of {@link #names}
     * @return its configuration
     * @throws IllegalArgumentException if there is no such preset
     */
    public static ModelConfig of(String name) {
        Supplier<ModelConfig> preset = PRESETS.get(name);
        if (preset == null) {
            throw new IllegalArgumentException(
                    "expected a preset of " + String.join(", ", PRESETS.keySet()) + "; found '" + name + "'");
        }
        return preset.get();
    }

    private static ModelConfig mamba1(int dModel, int nLayer) {
        var mixer = new Mamba1Config(2 * dModel, 16, 4, Mamba1Config.defaultDtRank(dModel), false, true);
        return new ModelConfig("Mamba-1", 50280, dModel, 1e-5f, true, Multipliers.NONE, layers(nLayer, mixer));
    }

    private static ModelConfig mamba2(int dModel, int nLayer) {
        return new ModelConfig("Mamba-2", 50288, dModel, 1e-5f, true, Multipliers.NONE,
                layers(nLayer, mamba2Mixer(2 * dModel, 1)));
    }

    private static ModelConfig codestral() {
        return new ModelConfig("Mamba-2", 32768, 4096, 1e-5f, false, Multipliers.NONE,
                layers(64, mamba2Mixer(8192, 8)));
    }

    private static Mamba2Config mamba2Mixer(int dInner, int groups) {
        return new Mamba2Config(dInner / 64, 64, groups, 128, 4, false, true, 0, Float.POSITIVE_INFINITY,
                new GatedNorm(Order.GATE_FIRST, groups, 1e-5f));
    }

    private static ModelConfig falconMamba() {
        var mixer = new Mamba1Config(8192, 16, 4, 256, false, true, Optional.of(new InnerNorm(1e-6f, false)));
        return new ModelConfig("FalconMamba", 65024, 4096, 1e-5f, false, Multipliers.NONE, layers(64, mixer));
    }

    private static List<BlockConfig> layers(int nLayer, MixerConfig mixer) {
        return IntStream.range(0, nLayer).mapToObj(i -> BlockConfig.mixer(i, mixer)).toList();
    }
}
