package io.github.mamba4j.cli;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.bind.Fill;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.bind.Role;
import io.github.mamba4j.weights.config.ModelConfig;
import java.util.Arrays;

/** Counts the parameters of a model that is not there: asked for one, it adds up its shape. */
final class ShapeCount implements Parameters {
    /** Stands for every matrix: only shapes count. */
    private static final Matrix ANY = Matrix.of(new float[1], 1, 1);
    private long count;

    private ShapeCount() {}

    /** The number of trained values. */
    static long of(ModelConfig config) {
        var shapes = new ShapeCount();
        try {
            ModelWeights.bind(config, shapes);
        } catch (CheckpointException e) {
            throw new AssertionError("every shape is there", e);
        }
        return shapes.count;
    }

    @Override
    public Matrix matrix(String name, int rows, int cols, Role role) {
        count += (long) rows * cols;
        return ANY;
    }

    @Override
    public float[] vector(String name, Fill fill, int... shape) {
        count += Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
        return new float[0];
    }
}
