package io.github.mamba4j.weights.bind;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;

/**
 * The parameters below a name.
 *
 * @param all the parameters under their full names
 * @param prefix what the names begin with, the dot included
 */
record Prefixed(Parameters all, String prefix) implements Parameters {
    @Override
    public Matrix matrix(String name, int rows, int cols, Role role) throws CheckpointException {
        return all.matrix(prefix + name, rows, cols, role);
    }

    @Override
    public float[] vector(String name, Fill fill, int... shape) throws CheckpointException {
        return all.vector(prefix + name, fill, shape);
    }
}
