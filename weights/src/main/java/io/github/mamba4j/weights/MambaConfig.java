package io.github.mamba4j.weights;

import java.util.List;

/**
 * The dimensions and options of a Mamba-1 model. Immutable and thread-safe.
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
    static final int MAX_VOCAB = 1 << 24;
    private static final int MAX_WIDTH = 1 << 18;
    private static final int MAX_LAYERS = 1 << 12;
    private static final int MAX_STATE = 1 << 12;

    /**
     * Checks the dimensions and copies the list. The limits are far above every published model; below them no size of
     * an array in the library overflows.
     *
     * @throws IllegalArgumentException if a dimension or an id is out of range
     */
    public MambaConfig {
        requireRange("vocabSize", vocabSize, 1, MAX_VOCAB);
        requireRange("dModel", dModel, 1, MAX_WIDTH);
        requireRange("nLayer", nLayer, 1, MAX_LAYERS);
        requireRange("dInner", dInner, 1, MAX_WIDTH);
        requireRange("dState", dState, 1, MAX_STATE);
        requireRange("dConv", dConv, 1, MAX_STATE);
        requireRange("dtRank", dtRank, 1, MAX_WIDTH);
        if (!(normEps >= 0 && normEps < 1)) {
            throw new IllegalArgumentException("expected normEps of 0 to 1, found " + normEps);
        }
        requireRange("bosTokenId", bosTokenId, -1, Integer.MAX_VALUE);
        eosTokenIds = List.copyOf(eosTokenIds);
        for (int id : eosTokenIds) {
            requireRange("eosTokenIds", id, 0, Integer.MAX_VALUE);
        }
    }

    /**
     * The dimensions of a published model, with the vocabulary of the published checkpoints.
     *
     * @param name mamba-130m, mamba-370m, mamba-790m, mamba-1.4b or mamba-2.8b
     * @return its configuration
     * @throws IllegalArgumentException if there is no such preset
     */
    public static MambaConfig preset(String name) {
        return switch (name) {
            case "mamba-130m" -> published(768, 24);
            case "mamba-370m" -> published(1024, 48);
            case "mamba-790m" -> published(1536, 48);
            case "mamba-1.4b" -> published(2048, 48);
            case "mamba-2.8b" -> published(2560, 64);
            default -> throw new IllegalArgumentException(
                    "expected a preset of mamba-130m, mamba-370m, mamba-790m, mamba-1.4b, mamba-2.8b; found '" + name
                            + "'");
        };
    }

    private static MambaConfig published(int dModel, int nLayer) {
        return new MambaConfig(50280, dModel, nLayer, 2 * dModel, 16, 4, defaultDtRank(dModel), false, true, true,
                1e-5f, true, 0, List.of(0));
    }

    /**
     * The width of dt_proj's input in a configuration that does not say it.
     *
     * @param dModel width of the residual stream
     * @return {@code ceil(dModel / 16)}
     */
    static int defaultDtRank(int dModel) {
        return Math.ceilDiv(dModel, 16);
    }

    /** The same model with another number of rows in the embedding. */
    MambaConfig withVocabSize(int rows) {
        return new MambaConfig(rows, dModel, nLayer, dInner, dState, dConv, dtRank, useBias, useConvBias, tieEmbeddings,
                normEps, residualInFp32, bosTokenId, eosTokenIds);
    }

    /**
     * The number of trained values, a tied head counted once.
     *
     * @return the parameters of the whole model
     */
    public long parameterCount() {
        long inner = dInner;
        long perLayer = dModel + 2 * inner * dModel + inner * dConv + inner * (dtRank + 2L * dState) + inner * dtRank
                + inner + inner * dState + inner + dModel * inner;
        perLayer += (useBias ? 2 * inner + dModel : 0) + (useConvBias ? inner : 0);
        return (tieEmbeddings ? 1L : 2L) * vocabSize * dModel + nLayer * perLayer + dModel;
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "expected " + name + " of " + min + " to " + max + ", found " + value);
        }
    }
}
