package io.github.mamba4j.weights.bind;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;

/**
 * Where the parameters of a model come from. A mixer asks for what it needs by canonical name and shape; asking is the
 * check. Names are those of the authors' implementation, {@code layers.3.mixer.in_proj.weight}, whatever a file calls them.
 */
public interface Parameters {
    /**
     * A matrix of weights.
     *
     * @param name its name
     * @param rows outputs
     * @param cols inputs
     * @param role what it is for
     * @return {@code [rows, cols]}, in place where that is possible
     * @throws CheckpointException if it is missing or has another shape
     */
    Matrix matrix(String name, int rows, int cols, Role role) throws CheckpointException;

    /**
     * A small parameter, as float32.
     *
     * @param name its name
     * @param fill what kind of values it has
     * @param shape its sizes, outermost first
     * @return the values, row-major
     * @throws CheckpointException if it is missing or has another shape
     */
    float[] vector(String name, Fill fill, int... shape) throws CheckpointException;

    /**
     * A vector that not every model has.
     *
     * @param isThere whether this one has it
     * @param name its name
     * @param fill what kind of values it has
     * @param shape its sizes
     * @return the values, or an empty array
     * @throws CheckpointException if it should be there, and is missing or has another shape
     */
    default float[] vectorIf(boolean isThere, String name, Fill fill, int... shape) throws CheckpointException {
        return isThere ? vector(name, fill, shape) : new float[0];
    }

    /**
     * The parameters below a name.
     *
     * @param prefix the name, without the dot after it
     * @return parameters whose names leave the prefix out
     */
    default Parameters in(String prefix) {
        return new Prefixed(this, prefix + ".");
    }
}
