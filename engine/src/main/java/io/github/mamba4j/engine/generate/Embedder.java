package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.ForwardObserver;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.kernels.Activations;

/**
 * Turns a text into one vector: what the model makes of it after the final norm, where its head would read it. Works
 * through texts of any length in bounded memory. Thread-safe.
 */
public final class Embedder {
    private final MambaModel model;

    /**
     * An embedder.
     *
     * @param model the model
     */
    public Embedder(MambaModel model) {
        this.model = model;
    }

    /** How the vectors of a text's tokens become one. */
    public enum Pooling {
        /** The vector of the last token, whose state has seen all of the text. */
        LAST,
        /** The mean of all tokens' vectors. */
        MEAN
    }

    /**
     * Embeds a text.
     *
     * @param pooling how the tokens' vectors become one
     * @param tokenIds the text's tokens, at least one
     * @return {@code [dModel]}, not normalised
     * @throws IllegalArgumentException if there is no token, or one is not in the vocabulary
     */
    public float[] embed(Pooling pooling, int... tokenIds) {
        if (tokenIds.length == 0) {
            throw new IllegalArgumentException("expected at least 1 token, found none");
        }
        double[] pooled = new double[model.config().dModel()];
        ForwardObserver observer = new ForwardObserver() {
            @Override
            public void finalHidden(Activations normed, int rowCount) {
                switch (pooling) {
                    case LAST -> set(pooled, normed, rowCount - 1);
                    case MEAN -> {
                        for (int r = 0; r < rowCount; r++) {
                            add(pooled, normed, r);
                        }
                    }
                }
            }
        };
        MambaState state = model.newState();
        Batch batch = new Batch();
        int chunk = model.options().maxRowsPerPass();
        for (int from = 0; from < tokenIds.length; from += chunk) {
            batch.clear();
            batch.add(state, tokenIds, from, Math.min(tokenIds.length, from + chunk), LogitsFor.NONE);
            model.forward(batch, observer);
        }
        float[] result = new float[pooled.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (float) (pooling == Pooling.MEAN ? pooled[i] / tokenIds.length : pooled[i]);
        }
        return result;
    }

    private static void set(double[] pooled, Activations normed, int row) {
        for (int i = 0; i < pooled.length; i++) {
            pooled[i] = normed.data()[normed.index(row, i)];
        }
    }

    private static void add(double[] pooled, Activations normed, int row) {
        for (int i = 0; i < pooled.length; i++) {
            pooled[i] += normed.data()[normed.index(row, i)];
        }
    }
}
