package io.github.mamba4j.weights;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * All parameters of a Mamba-1 model under their official names. The matrices are read in place; small vectors are copied
 * and widened to float32. A parameter that the model does not have is an empty array.
 *
 * <p>Safe to share between threads as long as nobody writes to the arrays.
 *
 * @param config the dimensions, which all shapes below fit
 * @param embedding {@code [vocabSize, dModel]}
 * @param layers one per block
 * @param normF {@code [dModel]}: the weight of the norm after the last block
 * @param lmHead {@code [vocabSize, dModel]}; the embedding itself if they are tied
 */
public record MambaWeights(MambaConfig config, Matrix embedding, List<Layer> layers, float[] normF, Matrix lmHead) {
    /**
     * Checks every size against the configuration, and copies the list.
     *
     * @throws IllegalArgumentException naming the parameter that does not fit
     */
    public MambaWeights {
        layers = List.copyOf(layers);
        int dModel = config.dModel();
        require("layers", config.nLayer(), layers.size());
        require("embedding", config.vocabSize(), dModel, embedding);
        require("normF", dModel, normF.length);
        require("lmHead", config.vocabSize(), dModel, lmHead);
        for (Layer layer : layers) {
            layer.check(config);
        }
    }

    /**
     * A model with random parameters of sensible sizes, for measurements that need no meaning. The same seed gives the
     * same values on every machine.
     *
     * @param config the dimensions
     * @param dtype the format of the matrices: F32, F16 or BF16
     * @param seed any number
     * @param arena where the matrices live; for a model that is used by several threads it has to be a shared one
     * @return the parameters
     * @throws IllegalArgumentException if no kernel multiplies by the format
     * @throws OutOfMemoryError if the machine has not enough memory for it
     */
    public static MambaWeights random(MambaConfig config, DType dtype, long seed, Arena arena) {
        if (!dtype.isMatrixFormat()) {
            throw new IllegalArgumentException("expected F32, F16 or BF16, found " + dtype);
        }
        return new RandomWeights(config, dtype, seed, arena).create();
    }

    /**
     * A model with random parameters, whose memory is freed some time after the last use.
     *
     * @param config the dimensions
     * @param dtype the format of the matrices: F32, F16 or BF16
     * @param seed any number
     * @return the parameters
     * @throws IllegalArgumentException if no kernel multiplies by the format
     * @throws OutOfMemoryError if the machine has not enough memory for it
     */
    public static MambaWeights random(MambaConfig config, DType dtype, long seed) {
        return random(config, dtype, seed, Arena.ofAuto());
    }

    /**
     * A number that tells this model from others, so that what was saved with one is not used with another. It covers
     * the dimensions and a sample of each parameter in its present format, not the layout of the files. Computed anew by
     * each call, in some milliseconds.
     *
     * @return the fingerprint
     */
    public long fingerprint() {
        return Fingerprint.of(this);
    }

    /**
     * The parameters of one block.
     *
     * @param norm {@code [dModel]}: the weight of the norm before the mixer
     * @param inProj {@code [2 * dInner, dModel]}
     * @param inProjBias {@code [2 * dInner]}, or empty
     * @param convWeight {@code [dInner, dConv]}
     * @param convBias {@code [dInner]}, or empty
     * @param xProj {@code [dtRank + 2 * dState, dInner]}
     * @param dtProj {@code [dInner, dtRank]}
     * @param dtBias {@code [dInner]}: the bias of dt_proj
     * @param aLog {@code [dInner, dState]}
     * @param d {@code [dInner]}
     * @param outProj {@code [dModel, dInner]}
     * @param outProjBias {@code [dModel]}, or empty
     */
    public record Layer(float[] norm, Matrix inProj, float[] inProjBias, float[] convWeight, float[] convBias,
            Matrix xProj, Matrix dtProj, float[] dtBias, float[] aLog, float[] d, Matrix outProj,
            float[] outProjBias) {
        private void check(MambaConfig config) {
            int dModel = config.dModel();
            int dInner = config.dInner();
            require("norm", dModel, norm.length);
            require("inProj", 2 * dInner, dModel, inProj);
            require("inProjBias", config.useBias() ? 2 * dInner : 0, inProjBias.length);
            require("convWeight", dInner * config.dConv(), convWeight.length);
            require("convBias", config.useConvBias() ? dInner : 0, convBias.length);
            require("xProj", config.dtRank() + 2 * config.dState(), dInner, xProj);
            require("dtProj", dInner, config.dtRank(), dtProj);
            require("dtBias", dInner, dtBias.length);
            require("aLog", dInner * config.dState(), aLog.length);
            require("d", dInner, d.length);
            require("outProj", dModel, dInner, outProj);
            require("outProjBias", config.useBias() ? dModel : 0, outProjBias.length);
        }
    }

    private static void require(String name, int rows, int cols, Matrix found) {
        if (found.rows() != rows || found.cols() != cols) {
            throw new IllegalArgumentException(name + ": expected [" + rows + ", " + cols + "], found [" + found.rows()
                    + ", " + found.cols() + "]");
        }
    }

    private static void require(String name, int expected, int found) {
        if (found != expected) {
            throw new IllegalArgumentException(name + ": expected " + expected + ", found " + found);
        }
    }
}
