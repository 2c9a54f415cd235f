package io.github.mamba4j.engine.state;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The state of a recurrence: the window of a causal convolution and the state h. Its size is fixed.
 *
 * @param channels the channels that are convolved
 * @param taps the rows of the window: one less than the convolution has taps
 * @param shape the sizes of h as the papers write it; empty if there is none
 * @param packedSize the number of values of h in the kernels' order, where rows may have room at their ends
 * @param pack brings h from that order into the kernels', in a new array
 * @param unpack the way back
 */
public record RecurrentSpec(int channels, int taps, List<Integer> shape, int packedSize, UnaryOperator<float[]> pack,
        UnaryOperator<float[]> unpack) implements StateSpec {
    /** Copies the shape. */
    public RecurrentSpec {
        shape = List.copyOf(shape);
        Objects.requireNonNull(pack, "pack");
        Objects.requireNonNull(unpack, "unpack");
    }

    @Override
    public LayerState newState() {
        return new RecurrentState(this);
    }

    @Override
    public String describe() {
        return "conv [" + channels + ", " + taps + "]" + (shape.isEmpty() ? "" : ", ssm " + shape);
    }

    /** Specs are compared by sizes: how h is packed follows from them and from the mixer. */
    @Override
    public boolean equals(Object other) {
        return other instanceof RecurrentSpec that && channels == that.channels && taps == that.taps
                && shape.equals(that.shape);
    }

    @Override
    public int hashCode() {
        return Objects.hash(channels, taps, shape);
    }
}
