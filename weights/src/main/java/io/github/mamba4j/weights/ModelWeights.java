package io.github.mamba4j.weights;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.bind.Fill;
import io.github.mamba4j.weights.bind.ParameterList;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.bind.RandomParameters;
import io.github.mamba4j.weights.bind.Role;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.mixer.MixerWeights;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/**
 * All parameters of a model. The matrices are read in place; small vectors are copied and widened to float32. A parameter
 * that the model does not have is an empty array.
 *
 * <p>Safe to share between threads as long as nobody writes to the arrays.
 *
 * @param config the model, which all shapes below fit
 * @param embedding {@code [vocabSize, dModel]}
 * @param blocks one per block
 * @param normF {@code [dModel]}: the weight of the norm before the head
 * @param head {@code [vocabSize, dModel]}; the embedding itself if they are tied
 * @param parameters all of them in the order in which they were asked for, under their canonical names
 */
public record ModelWeights(ModelConfig config, Matrix embedding, List<BlockWeights> blocks, float[] normF, Matrix head,
        ParameterList parameters) {
    /** Copies the list. */
    public ModelWeights {
        blocks = List.copyOf(blocks);
    }

    /**
     * Asks for all parameters of a model.
     *
     * @param config the model
     * @param source where they come from
     * @return the parameters
     * @throws CheckpointException if one is missing or has another shape
     */
    public static ModelWeights bind(ModelConfig config, Parameters source) throws CheckpointException {
        var p = new ParameterList(source);
        int dModel = config.dModel();
        Matrix embedding = p.matrix("embedding.weight", config.vocabSize(), dModel, Role.EMBEDDING);
        List<BlockWeights> blocks = new ArrayList<>();
        for (BlockConfig block : config.blocks()) {
            float[] norm = p.vector(block.norm() + ".weight", Fill.ONES, dModel);
            blocks.add(new BlockWeights(block, norm, MixerWeights.bind(block.mixer(), dModel, p.in(block.name()))));
        }
        float[] normF = p.vector("norm_f.weight", Fill.ONES, dModel);
        Matrix head = config.tied()
                ? embedding
                : p.matrix("lm_head.weight", config.vocabSize(), dModel, Role.HEAD);
        return new ModelWeights(config, embedding, blocks, normF, head, p);
    }

    /**
     * A model with random parameters of sensible sizes, for measurements that need no meaning. The same seed gives the
     * same values on every machine.
     *
     * @param config the model
     * @param dtype the format of the matrices: F32, F16 or BF16
     * @param seed any number
     * @param arena where the matrices live; for a model that is used by several threads it has to be a shared one
     * @return the parameters
     * @throws IllegalArgumentException if no kernel multiplies by the format
     * @throws OutOfMemoryError if the machine has not enough memory for it
     */
    public static ModelWeights random(ModelConfig config, DType dtype, long seed, Arena arena) {
        try {
            return bind(config, new RandomParameters(dtype, seed, arena));
        } catch (CheckpointException e) {
            throw new AssertionError("random parameters have any shape", e);
        }
    }

    /**
     * A model with random parameters, whose memory is freed some time after the last use.
     *
     * @param config the model
     * @param dtype the format of the matrices: F32, F16 or BF16
     * @param seed any number
     * @return the parameters
     * @throws IllegalArgumentException if no kernel multiplies by the format
     * @throws OutOfMemoryError if the machine has not enough memory for it
     */
    public static ModelWeights random(ModelConfig config, DType dtype, long seed) {
        return random(config, dtype, seed, Arena.ofAuto());
    }

    /**
     * A number that tells this model from others, so that what was saved with one is not used with another. It covers the
     * configuration and every value of every parameter in its present format, not the layout of the files. Computed anew by
     * each call, at the rate at which the machine reads memory.
     *
     * @return the fingerprint
     */
    public long fingerprint() {
        return parameters.fingerprint(config.toString());
    }
}
