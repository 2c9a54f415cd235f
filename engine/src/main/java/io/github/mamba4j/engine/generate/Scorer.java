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
 * <p>Thread-safe.
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
    public record Score(int tokenCount, double logprob) {
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
        int last = tokenIds.length - 1;
        if (last < 1) {
            throw new IllegalArgumentException(
                    "expected at least 2 tokens, found " + tokenIds.length + ": there is nothing to predict");
        }
        for (int token : tokenIds) {
            if (token < 0 || token >= model.config().vocabSize()) {
                throw new IllegalArgumentException("token id " + token + " is outside the vocabulary: expected 0 to "
                        + (model.config().vocabSize() - 1));
            }
        }
        MambaState state = model.newState();
        Batch batch = new Batch();
        var logSoftmax = new LogSoftmax(model.kernels(), model.config().vocabSize());
        double sum = 0;
        // The last token is predicted, but predicts nothing that is asked for.
        for (int from = 0; from < last; from += chunk) {
            int to = Math.min(last, from + chunk);
            batch.clear();
            batch.add(state, tokenIds, from, to, LogitsFor.ALL);
            model.forward(batch);
            for (int t = from; t < to; t++) {
                int offset = batch.logitsOffset(0, t - from);
                double logprob = batch.logits()[offset + tokenIds[t + 1]] - logSoftmax.logSum(batch.logits(), offset);
                logprobs.accept(logprob);
                sum += logprob;
            }
            progress.accept(to);
        }
        progress.accept(tokenIds.length);
        return new Score(tokenIds.length, sum);
    }
}
