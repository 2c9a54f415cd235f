package io.github.mamba4j.weights;

import java.util.List;

/**
 * The dimensions and options of a Mamba-1 model.
 *
 * @param vocabSize rows of the embedding, which may be more than the tokenizer knows
 * @param dModel width of the residual stream
 * @param nLayer number of blocks
 * @param dInner channels inside a block, {@code expand * dModel}
 * @param dState states of one channel
 * @param dConv taps of the causal convolution
 * @param dtRank width of the low-rank input of dt_proj
 * @param useBias whether in_proj and out_proj have a bias
 * @param useConvBias whether the convolution has a bias
 * @param tieEmbeddings whether lm_head is the embedding
 * @param normEps added to the mean square in every norm
 * @param residualInFp32 what the configuration says; the residual stream is float32 in any case
 * @param bosTokenId the token that begins a text, or -1
 * @param eosTokenIds the tokens that end a text; may be empty
 */
public record MambaConfig(int vocabSize, int dModel, int nLayer, int dInner, int dState, int dConv, int dtRank,
        boolean useBias, boolean useConvBias, boolean tieEmbeddings, float normEps, boolean residualInFp32,
        int bosTokenId, List<Integer> eosTokenIds) {
    /** Copies the list. */
    public MambaConfig {
        eosTokenIds = List.copyOf(eosTokenIds);
    }
}
