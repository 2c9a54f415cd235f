package io.github.mamba4j.engine.state;

import java.util.List;

/**
 * A part of a state, in the order in which the papers write it.
 *
 * @param name what it is, such as {@code conv}
 * @param shape the sizes, outermost first
 * @param values row-major; empty where only the shape is meant
 */
public record StateTensor(String name, List<Integer> shape, float[] values) {
    /** Copies the shape. */
    public StateTensor {
        shape = List.copyOf(shape);
    }

    /**
     * The number of values that the shape has room for.
     *
     * @return the product of the sizes
     */
    public int size() {
        return shape.stream().reduce(1, Math::multiplyExact);
    }
}
