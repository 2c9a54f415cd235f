package io.github.mamba4j.engine.inspect;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.ForwardObserver;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.Probe;
import io.github.mamba4j.kernels.Activations;
import java.util.Arrays;
import java.util.Objects;

/**
 * Shows what a model makes of a text inside: the hidden states of its layers, and the step sizes dt, which are what the
 * selection mechanism selects. A large dt lets a token into the state and the past fade; a small one passes the token by.
 *
 * <p>The results hold all tokens; that is what bounds the length of a text. Thread-safe.
 */
public final class ModelReader {
    private final MambaModel model;

    /**
     * A reader.
     *
     * @param model the model
     */
    public ModelReader(MambaModel model) {
        this.model = model;
    }

    /**
     * The residual stream at one place.
     *
     * @param k 0 for the embeddings of the tokens; k for what block k - 1 has put out
     * @param tokenIds the text's tokens, at least one
     * @return {@code [tokens][dModel]}
     * @throws IndexOutOfBoundsException if there are not so many blocks
     * @throws IllegalArgumentException if there is no token, or one is not in the vocabulary
     */
    public float[][] hidden(int k, int... tokenIds) {
        Objects.checkIndex(k, model.config().blocks().size() + 1);
        float[][] hidden = new float[tokenIds.length][];
        read(new Rows() {
            @Override
            public void hidden(int place, Activations residual, int rowCount) {
                if (place == k) {
                    copy(residual, rowCount, hidden);
                }
            }
        }, tokenIds);
        return hidden;
    }

    /**
     * The hidden states after the final norm, which the language-model head reads.
     *
     * @param tokenIds the text's tokens, at least one
     * @return {@code [tokens][dModel]}
     * @throws IllegalArgumentException if there is no token, or one is not in the vocabulary
     */
    public float[][] finalHidden(int... tokenIds) {
        float[][] hidden = new float[tokenIds.length][];
        read(new Rows() {
            @Override
            public void finalHidden(Activations normed, int rowCount) {
                copy(normed, rowCount, hidden);
            }
        }, tokenIds);
        return hidden;
    }

    /**
     * The step sizes of all selective state spaces.
     *
     * @param tokenIds the text's tokens, at least one
     * @return {@code [blocks][tokens][channels or heads]}, all positive; {@code [tokens][]} of nulls for a block of another
     *     kind
     * @throws IllegalArgumentException if there is no token, or one is not in the vocabulary
     */
    public float[][][] stepSizes(int... tokenIds) {
        float[][][] sizes = new float[model.config().blocks().size()][tokenIds.length][];
        read(new Rows() {
            @Override
            public void inside(int block, Probe probe, Activations values, int rowCount) {
                if (probe == Probe.STEP_SIZE) {
                    copy(values, rowCount, sizes[block]);
                }
            }
        }, tokenIds);
        return sizes;
    }

    /**
     * The step sizes, averaged over the channels or heads of a block.
     *
     * @param tokenIds the text's tokens, at least one
     * @return {@code [blocks][tokens]}, all positive; zeros for a block of another kind
     * @throws IllegalArgumentException if there is no token, or one is not in the vocabulary
     */
    public float[][] meanStepSizes(int... tokenIds) {
        float[][] means = new float[model.config().blocks().size()][tokenIds.length];
        read(new Rows() {
            @Override
            public void inside(int block, Probe probe, Activations values, int rowCount) {
                if (probe != Probe.STEP_SIZE) {
                    return;
                }
                for (int r = 0; r < rowCount; r++) {
                    double sum = 0;
                    for (int c = 0; c < values.cols(); c++) {
                        sum += values.data()[values.index(r, c)];
                    }
                    means[block][first() + r] = (float) (sum / values.cols());
                }
            }
        }, tokenIds);
        return means;
    }

    private void read(Rows observer, int... tokenIds) {
        if (tokenIds.length == 0) {
            throw new IllegalArgumentException("expected at least 1 token, found none");
        }
        MambaState state = model.newState();
        var batch = new Batch();
        batch.add(state, tokenIds, 0, tokenIds.length, LogitsFor.NONE);
        model.forward(batch, observer);
    }

    /** Knows which token the first row of a pass is. */
    private abstract static class Rows implements ForwardObserver {
        private int first;

        @Override
        public void beginPass(int firstRow, int rowCount) {
            first = firstRow;
        }

        int first() {
            return first;
        }

        void copy(Activations rows, int rowCount, float[][] to) {
            for (int r = 0; r < rowCount; r++) {
                int start = rows.index(r, 0);
                to[first + r] = Arrays.copyOfRange(rows.data(), start, start + rows.cols());
            }
        }
    }
}
