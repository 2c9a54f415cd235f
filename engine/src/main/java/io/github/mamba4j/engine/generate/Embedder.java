package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.ForwardObserver;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.kernels.Activations;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Turns a text into one vector: what the model makes of it after the final norm, where its head would read it, or after
 * one of its layers. Works through texts of any length in bounded memory, and many texts at once; the vector of a text
 * does not depend on the others. Thread-safe.
 */
public final class Embedder {
    /** In place of a layer: the hidden state after the final norm. */
    private static final int FINAL = -1;
    /** Each text has a state while it is read, which this bounds. */
    private static final int MAX_TEXTS_PER_PASS = 64;

    private final MambaModel model;
    private final int layer;

    /**
     * An embedder of final hidden states.
     *
     * @param model the model
     */
    public Embedder(MambaModel model) {
        this(model, FINAL);
    }

    private Embedder(MambaModel model, int layer) {
        this.model = model;
        this.layer = layer;
    }

    /**
     * An embedder of the residual stream at a place inside.
     *
     * @param model the model
     * @param k 0 for the embeddings of the tokens; k for what block k - 1 has put out
     * @return the embedder
     * @throws IndexOutOfBoundsException if there are not so many blocks
     */
    public static Embedder ofLayer(MambaModel model, int k) {
        return new Embedder(model, Objects.checkIndex(k, model.config().blocks().size() + 1));
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
        return embedAll(pooling, List.of(tokenIds)).getFirst();
    }

    /**
     * Embeds many texts, which share the passes of the model.
     *
     * @param pooling how the vectors of a text's tokens become one
     * @param texts the tokens of each text, at least one
     * @return for each text {@code [dModel]}, not normalised
     * @throws IllegalArgumentException if a text has no token, or one that is not in the vocabulary
     * @throws IllegalStateException if the model gives numbers that are not finite
     */
    public List<float[]> embedAll(Pooling pooling, List<int[]> texts) {
        List<Pool> pools = new ArrayList<>();
        for (int[] tokens : texts) {
            if (tokens.length == 0) {
                throw new IllegalArgumentException("text " + pools.size() + ": expected at least 1 token, found none");
            }
            pools.add(new Pool(pooling, model.config().dModel()));
        }
        int maxRows = model.options().maxRowsPerPass();
        var batch = new Batch();
        List<Segment> segments = new ArrayList<>();
        MambaState state = model.newState();
        int from = 0;
        for (int text = 0; text < texts.size();) {
            int[] tokens = texts.get(text);
            int to = Math.min(tokens.length, from + maxRows - batch.rows());
            batch.add(state, tokens, from, to, LogitsFor.NONE);
            segments.add(new Segment(pools.get(text), batch.rows() - (to - from), batch.rows()));
            from = to;
            if (to == tokens.length) {
                from = 0;
                text++;
            }
            if (batch.rows() == maxRows || segments.size() == MAX_TEXTS_PER_PASS || text == texts.size()) {
                model.forward(batch, observer(segments));
                batch.clear();
                segments.clear();
            }
            if (from == 0 && text < texts.size()) {
                state = model.newState();
            }
        }
        return pools.stream().map(Pool::vector).toList();
    }

    private ForwardObserver observer(List<Segment> segments) {
        return new ForwardObserver() {
            @Override
            public void hidden(int k, Activations residual, int rowCount) {
                if (k == layer) {
                    segments.forEach(segment -> segment.take(residual));
                }
            }

            @Override
            public void finalHidden(Activations normed, int rowCount) {
                if (layer == FINAL) {
                    segments.forEach(segment -> segment.take(normed));
                }
            }
        };
    }

    /** The rows of a text in a pass. */
    private record Segment(Pool pool, int from, int to) {
        void take(Activations hidden) {
            for (int r = from; r < to; r++) {
                pool.take(hidden, r);
            }
        }
    }

    /** The vector of a text in the making; its sum is kept in double precision. */
    private static final class Pool {
        private final Pooling pooling;
        private final double[] sum;
        private long tokens;

        Pool(Pooling pooling, int dModel) {
            this.pooling = pooling;
            sum = new double[dModel];
        }

        void take(Activations hidden, int row) {
            int start = hidden.index(row, 0);
            for (int i = 0; i < sum.length; i++) {
                float value = hidden.data()[start + i];
                sum[i] = pooling == Pooling.LAST ? value : sum[i] + value;
            }
            tokens++;
        }

        float[] vector() {
            double divisor = pooling == Pooling.LAST ? 1 : tokens;
            float[] vector = new float[sum.length];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) (sum[i] / divisor);
                if (!Float.isFinite(vector[i])) {
                    throw new IllegalStateException(
                            "the vector of a text has " + vector[i] + " at " + i + ": expected finite numbers");
                }
            }
            return vector;
        }
    }

    /**
     * Scales a vector to length 1, so that the dot product of two is the cosine of their angle.
     *
     * @param vector the vector; zeros stay zeros
     * @return a new vector
     */
    public static float[] normalize(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double length = squares == 0 ? 1 : Math.sqrt(squares);
        float[] unit = new float[vector.length];
        for (int i = 0; i < unit.length; i++) {
            unit[i] = (float) (vector[i] / length);
        }
        return unit;
    }
}
