package io.github.mamba4j.weights.bind;

import io.github.mamba4j.kernels.DType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One parameter of a model, as it is held in memory.
 *
 * @param name its canonical name
 * @param role what it is for
 * @param dtype its format
 * @param shape its sizes, outermost first
 * @param data its values, row-major
 */
public record Parameter(String name, Role role, DType dtype, List<Integer> shape, MemorySegment data) {
    /** Copies the shape. */
    public Parameter {
        shape = List.copyOf(shape);
    }

    /**
     * The number of trained values.
     *
     * @return the product of the shape
     */
    public long count() {
        long count = 1;
        for (int size : shape) {
            count *= size;
        }
        return count;
    }
}
