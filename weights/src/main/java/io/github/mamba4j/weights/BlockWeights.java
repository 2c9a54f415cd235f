package io.github.mamba4j.weights;

import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.mixer.MixerWeights;

/**
 * The parameters of one block.
 *
 * @param config which block
 * @param norm {@code [dModel]}: the weight of the norm before the mixer
 * @param mixer the mixer's
 */
public record BlockWeights(BlockConfig config, float[] norm, MixerWeights mixer) {}
