package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.util.function.DoubleConsumer;
import java.util.function.IntConsumer;

/**
 * How likely a model finds a text: the natural log-probability of each token after those before it. Works through texts
 * of any length in bounded memory. The log-softmax is computed in double; its error is below 1e-6.
 *
 * <p>Thread-safe; a {@link Session} is not.
 */
public final class Scorer {
    /** How many logits are computed at once, in floats; a bound on memory. */
    private static final int MAX_LOGITS = 1 << 22;

    private final MambaModel model;
    private final int chunk;

    /**
     * A scorer.
     *
     * @param model the model
     */
    public Scorer(MambaModel model) {
        this.model = model;
        int rows = Math.max(1, MAX_LOGITS / model.config().vocabSize());
        chunk = Math.min(rows, model.options().maxRowsPerPass());
    }

    /**
     * The score of a text.
     *
     * @param tokenCount how many tokens it has; the first one, before which there is nothing, is not scored
     * @param logprob the sum of the natural log-probabilities of the others
     */
    public record Score(long tokenCount, double logprob) {
        /**
         * The mean negative log-likelihood.
         *
         * @return nats per scored token
         */
        public double meanNll() {
            return -logprob / (tokenCount - 1);
        }

        /**
         * The perplexity.
         *
         * @return e to the power of the mean negative log-likelihood
         */
        public double perplexity() {
            return Math.exp(meanNll());
        }
    }

    /**
     * Scores a text.
     *
     * @param tokenIds its tokens, at least two
     * @return the score
     * @throws IllegalArgumentException if there are fewer, or one is not in the vocabulary
     */
    public Score score(int... tokenIds) {
        return score(tokenIds, logprob -> {}, done -> {});
    }

    /**
     * The log-probabilities of a text.
     *
     * @param tokenIds its tokens, at least two
     * @return the natural log-probability of each token but the first
     * @throws IllegalArgumentException if there are fewer, or one is not in the vocabulary
     */
    public double[] logprobs(int... tokenIds) {
        double[] logprobs = new double[Math.max(0, tokenIds.length - 1)];
        score(tokenIds, new DoubleConsumer() {
            private int next;

            @Override
            public void accept(double logprob) {
                logprobs[next++] = logprob;
            }
        }, done -> {});
        return logprobs;
    }

    /**
     * Scores a text and shows each token's log-probability.
     *
     * @param tokenIds its tokens, at least two
     * @param logprobs is given the natural log-probability of each token but the first, in order
     * @param progress is told from time to time how many tokens have been read
     * @return the score
     * @throws IllegalArgumentException if there are fewer, or one is not in the vocabulary
     */
    public Score score(int[] tokenIds, DoubleConsumer logprobs, IntConsumer progress) {
        for (int token : tokenIds) {
            requireKnown(token);
        }
        Session session = new Session(logprobs, progress);
        session.feed(tokenIds);
        Score score = session.finish();
        progress.accept(tokenIds.length);
        return score;
    }

    /**
     * Begins a text that comes in pieces.
     *
     * @param logprobs is given the natural log-probability of each token but the first, in order
     * @return takes the pieces
     */
    public Session begin(DoubleConsumer logprobs) {
        return new Session(logprobs, read -> {});
    }

    private void requireKnown(int token) {
        if (token < 0 || token >= model.config().vocabSize()) {
            throw new IllegalArgumentException("token id " + token + " is outside the vocabulary: expected 0 to "
                    + (model.config().vocabSize() - 1));
        }
    }

    /** A text whose tokens come in pieces of any size, in memory that does not grow with it. Not thread-safe. */
    public final class Session {
        private final DoubleConsumer logprobs;
        private final IntConsumer progress;
        private final MambaState state = model.newState();
        private final Batch batch = new Batch();
        private final LogSoftmax logSoftmax = new LogSoftmax(model.kernels(), model.config().vocabSize());
        /** What the model has not read yet. It reads a chunk once the token after it is there, which the chunk predicts. */
        private final int[] pending = new int[chunk + 1];
        private int pendingCount;
        private long tokenCount;
        private double sum;

        private Session(DoubleConsumer logprobs, IntConsumer progress) {
            this.logprobs = logprobs;
            this.progress = progress;
        }

        /**
         * Takes the next tokens.
         *
         * @param tokenIds the tokens, any number
         * @throws IllegalArgumentException if one is not in the vocabulary
         */
        public void feed(int... tokenIds) {
            for (int token : tokenIds) {
                requireKnown(token);
                pending[pendingCount++] = token;
                tokenCount++;
                if (pendingCount == pending.length) {
                    run();
                }
            }
        }

        /**
         * Ends the text.
         *
         * @return its score
         * @throws IllegalArgumentException if it has fewer than two tokens
         */
        public Score finish() {
            if (tokenCount < 2) {
                throw new IllegalArgumentException(
                        "expected at least 2 tokens, found " + tokenCount + ": there is nothing to predict");
            }
            if (pendingCount > 1) {
                run();
            }
            return new Score(tokenCount, sum);
        }

        private void run() {
            int rows = pendingCount - 1;
            batch.clear();
            batch.add(state, pending, 0, rows, LogitsFor.ALL);
            model.forward(batch);
            for (int r = 0; r < rows; r++) {
                int offset = batch.logitsOffset(0, r);
                double logprob = batch.logits()[offset + pending[r + 1]] - logSoftmax.logSum(batch.logits(), offset);
                logprobs.accept(logprob);
                sum += logprob;
            }
            pending[0] = pending[rows];
            pendingCount = 1;
            progress.accept((int) Math.min(Integer.MAX_VALUE, state.tokensConsumed()));
        }
    }
}
