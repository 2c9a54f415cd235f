package io.github.mamba4j.engine.generate;

import io.github.mamba4j.kernels.Kernels;
import java.util.List;

/**
 * Chooses the next token from logits, as the package says. Holds the working memory only; what belongs to a
 * sequence comes with each call, so that one sampler serves many. Not thread-safe.
 */
final class Sampler {
    private final Kernels kernels;
    private final LogitsContext context;
    private final float[] weights;
    private final Candidates candidates;

    Sampler(Kernels kernels, int vocabSize) {
        this.kernels = kernels;
        context = new LogitsContext(vocabSize);
        weights = new float[vocabSize];
        candidates = new Candidates(vocabSize);
    }

    /** The working copy that processors change and {@link #choose} reads. */
    LogitsContext context() {
        return context;
    }

    /** What the last choice was made from, unless it was greedy. */
    Candidates candidates() {
        return candidates;
    }

    /**
     * Copies the model's logits and runs the processors over them.
     *
     * @param logits holds the model's logits
     * @param offset where they begin
     * @param processors a sequence's own
     */
    void process(float[] logits, int offset, List<LogitsProcessor> processors) {
        System.arraycopy(logits, offset, context.logits(), 0, weights.length);
        for (LogitsProcessor processor : processors) {
            processor.process(context);
        }
    }

    /**
     * Chooses from the processed logits.
     *
     * @param options the limits
     * @param u the random number, from 0 to below 1
     * @throws IllegalStateException if no token can be chosen
     */
    int choose(GenerationOptions options, double u) {
        float[] logits = context.logits();
        int best = kernels.math().argmax(logits, 0, logits.length);
        float max = logits[best];
        if (!Float.isFinite(max)) {
            throw new IllegalStateException(max == Float.NEGATIVE_INFINITY
                    ? "every token is forbidden"
                    : "the largest logit is " + max + " (token id " + best + "): expected a finite number");
        }
        if (options.sampler().isPresent()) {
            return checked(options.sampler().get().sample(logits.clone(), u));
        }
        if (options.isGreedy()) {
            return best;
        }
        float temperature = (float) options.temperature();
        for (int i = 0; i < logits.length; i++) {
            // Relative to the largest, so that a small temperature makes no infinities.
            weights[i] = (logits[i] - max) / temperature;
        }
        double sum = kernels.math().expSum(weights, 0, weights.length);
        candidates.fill(weights, smallestOfUse(options));
        if (options.topK() > 0) {
            candidates.keepLargest(options.topK());
            sum = candidates.sum();
        }
        if (options.topP() < 1) {
            candidates.keepMass(options.topP() * sum);
        }
        if (options.minP() > 0) {
            // The largest weight is 1.
            candidates.keepFrom((float) options.minP());
        }
        if (options.typicalP() < 1) {
            candidates.keepTypical(options.typicalP(), logits, max, temperature);
        }
        if (options.epsilonCutoff() > 0) {
            candidates.keepProbable(options.epsilonCutoff());
        }
        if (options.etaCutoff() > 0) {
            double entropy = candidates.entropy(logits, max, temperature);
            candidates.keepProbable(Math.min(options.etaCutoff(),
                    StrictMath.sqrt(options.etaCutoff()) * StrictMath.exp(-entropy)));
        }
        return candidates.draw(u);
    }

    private int checked(int token) {
        float[] logits = context.logits();
        if (token < 0 || token >= logits.length || logits[token] == Float.NEGATIVE_INFINITY) {
            throw new IllegalStateException("the sampler has chosen token id " + token + ": expected one from 0 to "
                    + (logits.length - 1) + " that is not forbidden");
        }
        return token;
    }

    /** A weight that every token has which can pass the limits: it spares them most of the vocabulary. */
    private float smallestOfUse(GenerationOptions options) {
        if (options.topK() > 0) {
            return bottomOfTop(options.topK());
        }
        // All tokens below this one together have less than what top-p leaves out, since the sum is at least 1.
        double outsideTopP = (1 - options.topP()) / weights.length;
        return (float) Math.max(outsideTopP * 0.999, options.minP());
    }

    /** A lower bound of the k-th largest weight: the least of the largest ones of k parts. */
    private float bottomOfTop(int k) {
        if (k > weights.length / 2) {
            return 0;
        }
        float bottom = 1;
        for (int part = 0; part < k; part++) {
            int from = (int) ((long) weights.length * part / k);
            int to = (int) ((long) weights.length * (part + 1) / k);
            bottom = Math.min(bottom, weights[kernels.math().argmax(weights, from, to)]);
        }
        return bottom;
    }
}
