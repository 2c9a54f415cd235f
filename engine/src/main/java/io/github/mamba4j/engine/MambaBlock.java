package io.github.mamba4j.engine;

import io.github.mamba4j.weights.MambaConfig;
import io.github.mamba4j.weights.MambaWeights;

/** One layer of the model: {@code residual = residual + mixer(norm(residual))}. */
final class MambaBlock {
    private final RmsNorm norm;
    private final MambaMixer mixer;

    MambaBlock(MambaConfig config, MambaWeights.Layer weights, int layer, Workspace w) {
        norm = new RmsNorm(weights.norm(), config.normEps(), w);
        mixer = new MambaMixer(config, weights, layer, w);
    }

    /** Reads and writes {@code residual}. */
    void forward() {
        norm.forwardAndPack();
        mixer.addTo();
    }
}
