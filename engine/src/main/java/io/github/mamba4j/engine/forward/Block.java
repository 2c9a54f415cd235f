package io.github.mamba4j.engine.forward;

import io.github.mamba4j.kernels.Activations;

/**
 * One block: {@code residual = residual + scale * mixer(norm(residual))}.
 *
 * @param norm the norm before the mixer
 * @param normed where it puts its rows, which all blocks share
 * @param mixer the mixer
 * @param scale the residual scale
 */
record Block(RmsNorm norm, Input normed, Mixer mixer, float scale) {
    void addTo(Activations residual, Rows rows) {
        norm.forward(residual, normed, rows.count());
        mixer.addTo(residual, normed, rows, scale);
    }
}
