package io.github.mamba4j.weights.config;

import java.util.Objects;

/**
 * One block: {@code x = x + residualScale * mixer(norm(x))}. A layer of a checkpoint is one block or several.
 *
 * @param norm the canonical name of the norm, such as {@code layers.3.norm}
 * @param name the canonical name of the mixer, such as {@code layers.3.mixer}: the prefix of its parameters
 * @param mixer what it computes
 * @param residualScale what the mixer's output is multiplied by
 */
public record BlockConfig(String norm, String name, MixerConfig mixer, float residualScale) {
    /**
     * Checks the scale.
     *
     * @throws IllegalArgumentException if it is not finite
     */
    public BlockConfig {
        Objects.requireNonNull(norm, "norm");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(mixer, "mixer");
        Checks.finite("residual multiplier", residualScale);
    }

    /**
     * The first or only block of a layer.
     *
     * @param layer the layer, from 0
     * @param mixer what it computes
     * @return the block, named {@code layers.N.mixer}
     */
    public static BlockConfig mixer(int layer, MixerConfig mixer) {
        return new BlockConfig("layers." + layer + ".norm", "layers." + layer + ".mixer", mixer, 1);
    }

    /**
     * The second block of a layer, which works on each row by itself.
     *
     * @param layer the layer, from 0
     * @param mixer what it computes
     * @return the block, named {@code layers.N.ffn}
     */
    public static BlockConfig ffn(int layer, MixerConfig mixer) {
        return new BlockConfig("layers." + layer + ".ffn_norm", "layers." + layer + ".ffn", mixer, 1);
    }

    /**
     * The same block with another scale.
     *
     * @param scale what the mixer's output is multiplied by
     * @return the changed block
     */
    public BlockConfig withResidualScale(float scale) {
        return new BlockConfig(norm, name, mixer, scale);
    }
}
