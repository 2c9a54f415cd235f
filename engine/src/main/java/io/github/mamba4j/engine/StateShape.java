package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.scan.ScanLayout;

/**
 * What a state has to fit: the dimensions, and the model whose tokens it has taken in.
 *
 * @param nLayer number of blocks
 * @param dInner channels of a block
 * @param dState states of one channel
 * @param dConv taps of the convolution
 * @param fingerprint the model's, see {@link io.github.mamba4j.weights.MambaWeights#fingerprint}
 */
record StateShape(int nLayer, int dInner, int dState, int dConv, long fingerprint) {
    /** Floats of one layer's convolution window, {@code [dConv - 1, dInner]}. */
    int convSize() {
        return (dConv - 1) * dInner;
    }

    /** Where one layer's SSM state has what belongs to a channel. */
    ScanLayout ssmLayout() {
        return new ScanLayout(dInner, dState);
    }

    /** Floats of one layer's SSM state. */
    int ssmSize() {
        return dState * dInner;
    }

    /** Bytes of all layers. */
    long bytes() {
        return (long) nLayer * (convSize() + ssmSize()) * Float.BYTES;
    }

    /** Why a state of another shape does not fit this one. */
    String mismatch(StateShape other) {
        return sameDimensions(other)
                ? "expected a state of the model " + hex(fingerprint) + ", found one of the model "
                        + hex(other.fingerprint)
                : "expected a state of " + dimensions() + ", found one of " + other.dimensions();
    }

    private boolean sameDimensions(StateShape other) {
        return nLayer == other.nLayer && dInner == other.dInner && dState == other.dState && dConv == other.dConv;
    }

    private String dimensions() {
        return nLayer + " layers, d_inner " + dInner + ", d_state " + dState + ", d_conv " + dConv;
    }

    private static String hex(long fingerprint) {
        return String.format("%016x", fingerprint);
    }
}
