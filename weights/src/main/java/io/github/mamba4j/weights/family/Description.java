package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.bind.Naming;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.TokenIds;

/**
 * What a configuration says.
 *
 * @param config the model
 * @param naming how its files name parameters
 * @param tokenIds the tokens that a text begins and ends with
 * @param paddedVocab whether the weights may have more rows than the vocabulary that is named, which then count
 */
public record Description(ModelConfig config, Naming naming, TokenIds tokenIds, boolean paddedVocab) {}
