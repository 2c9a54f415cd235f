package io.github.mamba4j.weights.config;

import io.github.mamba4j.weights.config.Mamba1Config.InnerNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;
import java.util.ArrayList;
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
        PRESETS.put("granite-4.0-h-350m", Presets::granite350m);
        PRESETS.put("granite-4.0-h-1b", Presets::granite1b);
        PRESETS.put("jamba-3b", Presets::jamba3b);
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

    private static ModelConfig granite350m() {
        return new ModelConfig("Granite-4.0-H", 100352, 768, 1e-5f, true, new Multipliers(12, 1f / 3),
                granite(32, List.of(10, 13, 17, 27), AttentionConfig.of(12, 4, 64).withMaxPositions(32768), 32, 2048,
                        0.246f));
    }

    private static ModelConfig granite1b() {
        return new ModelConfig("Granite-4.0-H", 100352, 1536, 1e-5f, true, new Multipliers(12, 1f / 6),
                granite(40, List.of(5, 15, 25, 35), AttentionConfig.of(12, 4, 128).withMaxPositions(131072), 64, 4096,
                        0.22f));
    }

    /** Layers with 48 heads of Mamba-2 or with attention, whose scale is that of mean products. */
    private static List<BlockConfig> granite(int nLayer, List<Integer> attentionLayers, AttentionConfig attention,
            int mambaHeadDim, int width, float residualScale) {
        var mamba = new Mamba2Config(48, mambaHeadDim, 1, 128, 4, false, true, 0, Float.POSITIVE_INFINITY,
                new GatedNorm(Order.GATE_FIRST, 1, 1e-5f));
        return hybrid(nLayer, attentionLayers, attention.withScale(1f / attention.headDim()), mamba, width,
                residualScale);
    }

    private static ModelConfig jamba3b() {
        var mamba = new Mamba1Config(5120, 16, 4, 160, false, true, Optional.of(new InnerNorm(1e-6f, true)));
        AttentionConfig attention = AttentionConfig.of(20, 1, 128).withMaxPositions(262144);
        return new ModelConfig("Jamba", 65536, 2560, 1e-6f, true, Multipliers.NONE,
                hybrid(28, List.of(7, 21), attention, mamba, 8192, 1));
    }

    /** Layers of a mixer and a SwiGLU of this width. */
    private static List<BlockConfig> hybrid(int nLayer, List<Integer> attentionLayers, AttentionConfig attention,
            MixerConfig mamba, int width, float residualScale) {
        List<BlockConfig> blocks = new ArrayList<>();
        for (int i = 0; i < nLayer; i++) {
            MixerConfig mixer = attentionLayers.contains(i) ? attention : mamba;
            var mlp = new MlpConfig(width, MlpConfig.Kind.SWIGLU, false);
            blocks.add(BlockConfig.mixer(i, mixer).withResidualScale(residualScale));
            blocks.add(BlockConfig.ffn(i, mlp).withResidualScale(residualScale));
        }
        return blocks;
    }

    private static List<BlockConfig> layers(int nLayer, MixerConfig mixer) {
        return IntStream.range(0, nLayer).mapToObj(i -> BlockConfig.mixer(i, mixer)).toList();
    }
}
