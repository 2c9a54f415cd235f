package io.github.mamba4j.weights;

import io.github.mamba4j.kernels.Matrix;
import java.util.List;

/**
 * All parameters of a Mamba-1 model under their official names. The matrices are read in place; small vectors are copied
 * and widened to float32. A parameter that the model does not have is an empty array.
 *
 * @param config the dimensions, which all shapes below fit
 * @param embedding {@code [vocabSize, dModel]}
 * @param layers one per block
 * @param normF {@code [dModel]}: the weight of the norm after the last block
 * @param lmHead {@code [vocabSize, dModel]}; the embedding itself if they are tied
 */
public record MambaWeights(MambaConfig config, Matrix embedding, List<Layer> layers, float[] normF, Matrix lmHead) {
    /** Copies the list. */
    public MambaWeights {
        layers = List.copyOf(layers);
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
            float[] outProjBias) {}
}
