package io.github.mamba4j.kernels.norm;

/** Where the gate of a gated norm stands ({@code norm_before_gate} in the checkpoints' terms). */
public enum GateOrder {
    /** The gated values are normalised: {@code norm(x * silu(z)) * weight}. */
    GATE_FIRST,
    /** The normalised values are gated: {@code norm(x) * weight * silu(z)}. */
    NORM_FIRST
}
