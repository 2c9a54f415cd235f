package io.github.mamba4j.engine.state;

import io.github.mamba4j.kernels.attention.KeyValueLayout;
import java.util.Objects;

/**
 * The keys and values of all positions so far. It grows with the sequence.
 *
 * @param layout the sizes of a position
 * @param maxPositions the most positions that the mixer was made for
 */
public record KeyValueSpec(KeyValueLayout layout, long maxPositions) implements StateSpec {
    /** Checks that nothing is missing. */
    public KeyValueSpec {
        Objects.requireNonNull(layout, "layout");
    }

    @Override
    public LayerState newState() {
        return new KeyValueState(layout);
    }

    @Override
    public String describe() {
        return "keys and values [tokens, " + layout.heads() + ", " + layout.headDim() + "]";
    }
}
