package io.github.mamba4j.weights.config;

/** The sizes and options of what a block computes; each kind of mixer has a record of its own. */
public sealed interface MixerConfig
        permits Mamba1Config, Mamba2Config, ShortConvConfig, DeltaConfig, AttentionConfig, MlpConfig {}
