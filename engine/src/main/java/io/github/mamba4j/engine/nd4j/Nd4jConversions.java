package io.github.mamba4j.engine.nd4j;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.config.Mamba1Config;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Between the engine's numbers and ND4J's: always copies, always float32, row-major. Thread-safe as far as nobody changes
 * what is being copied.
 */
public final class Nd4jConversions {
    private Nd4jConversions() {}

    /**
     * An array of values.
     *
     * @param values the values, row-major
     * @param shape the sizes, whose product is the number of values
     * @return the array
     */
    public static INDArray toArray(float[] values, long... shape) {
        return Nd4j.createFromArray(values).reshape('c', shape);
    }

    /**
     * The values of an array.
     *
     * @param array any array, also a view
     * @return its values as float32, row-major
     */
    public static float[] toFloats(INDArray array) {
        return array.castTo(DataType.FLOAT).dup('c').data().asFloat();
    }

    /**
     * A matrix of weights.
     *
     * @param matrix the matrix in its stored format
     * @return {@code (rows, cols)} in float32
     * @throws ArithmeticException if it has more values than a Java array can
     */
    public static INDArray toArray(Matrix matrix) {
        float[] values = new float[Math.multiplyExact(matrix.rows(), matrix.cols())];
        for (int r = 0; r < matrix.rows(); r++) {
            for (int k = 0; k < matrix.cols(); k++) {
                values[r * matrix.cols() + k] = matrix.get(r, k);
            }
        }
        return toArray(values, matrix.rows(), matrix.cols());
    }

    /**
     * Activations, such as the hidden states that a {@link io.github.mamba4j.engine.ForwardObserver} is shown.
     *
     * @param activations the rows
     * @param rowCount how many of them count
     * @return {@code (rowCount, cols)}
     */
    public static INDArray toArray(Activations activations, int rowCount) {
        int size = activations.index(rowCount, 0);
        return toArray(Arrays.copyOf(activations.data(), size), rowCount, activations.cols());
    }

    /**
     * Rows as the kernels take them.
     *
     * @param array {@code (.., cols)}; all sizes but the last become rows
     * @return {@code [rows, cols]}
     */
    public static Activations toActivations(INDArray array) {
        int cols = Math.toIntExact(array.size(-1));
        return new Activations(toFloats(array), Math.toIntExact(array.length() / cols), cols);
    }

    /**
     * Logits of a batch that has been through a model.
     *
     * @param batch the batch
     * @param segment the segment's number
     * @param rowCount how many rows of logits the segment has: 1, or its tokens
     * @param vocabSize the model's
     * @return {@code (rowCount, vocabSize)}
     * @throws IndexOutOfBoundsException if the segment does not have so many
     */
    public static INDArray logits(Batch batch, int segment, int rowCount, int vocabSize) {
        int from = batch.logitsOffset(segment, 0);
        int to = batch.logitsOffset(segment, rowCount - 1) + vocabSize;
        return toArray(Arrays.copyOfRange(batch.logits(), from, to), rowCount, vocabSize);
    }

    /**
     * A layer of a sequence's state.
     *
     * @param state the state
     * @param layer the block, from 0
     * @param config the dimensions of the mixer
     * @return a new state of one sequence
     */
    public static Nd4jMambaBlock.State toBlockState(MambaState state, int layer, Mamba1Config config) {
        Map<String, float[]> tensors = state.tensors();
        return new Nd4jMambaBlock.State(window(tensors.get(name(layer) + "conv"), config),
                toArray(tensors.get(name(layer) + "ssm"), 1, config.dInner(), config.dState()));
    }

    private static String name(int layer) {
        return "layers." + layer + ".mixer.";
    }

    /** ND4J has no arrays without elements that can be worked with: a window of no columns is null. */
    private static INDArray window(float[] convState, Mamba1Config config) {
        return convState.length == 0 ? null : toArray(convState, 1, config.dInner(), config.dConv() - 1L);
    }

    /**
     * Overwrites a sequence's state.
     *
     * @param layers the states of all blocks
     * @param sequence which of the sequences in them
     * @param tokensConsumed how many tokens they have taken in
     * @param target the state that is overwritten
     * @throws IllegalArgumentException if the sizes are not those of the target
     */
    public static void copyTo(List<Nd4jMambaBlock.State> layers, int sequence, long tokensConsumed, MambaState target) {
        Map<String, float[]> tensors = new HashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            INDArray window = layers.get(i).conv();
            tensors.put(name(i) + "conv", window == null ? new float[0] : toFloats(window.slice(sequence)));
            tensors.put(name(i) + "ssm", toFloats(layers.get(i).ssm().slice(sequence)));
        }
        target.set(tensors, tokensConsumed);
    }
}
