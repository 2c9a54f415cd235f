package io.github.mamba4j.engine.generate;

import io.github.mamba4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;

/**
 * Log-probabilities from logits: {@code l[i] - (max + log(sum of exp(l - max)))}. The exponentials are float32, within 1
 * ulp; their sum and the rest are double, so that the error of a result is below 1e-6. Holds working memory; not
 * thread-safe.
 */
final class LogSoftmax {
    private final Kernels kernels;
    private final float[] exps;

    LogSoftmax(Kernels kernels, int vocabSize) {
        this.kernels = kernels;
        exps = new float[vocabSize];
    }

    /** The logarithm of the sum of the exponentials of the logits that begin at an offset. */
    double logSum(float[] logits, int offset) {
        float max = logits[kernels.math().argmax(logits, offset, offset + exps.length)];
        System.arraycopy(logits, offset, exps, 0, exps.length);
        kernels.math().expSum(exps, 0, exps.length);
        return max + StrictMath.log(sum(exps));
    }

    /** In two chains, because one would wait for itself. */
    private static double sum(float[] values) {
        double even = 0;
        double odd = 0;
        int pairs = values.length & ~1;
        for (int i = 0; i < pairs; i += 2) {
            even += values[i];
            odd += values[i + 1];
        }
        return pairs < values.length ? even + odd + values[pairs] : even + odd;
    }

    /** A token's log-probability, with the most likely alternatives. */
    TokenLogprob of(float[] logits, int offset, int token, int alternatives) {
        double logSum = logSum(logits, offset);
        List<TokenLogprob> top = new ArrayList<>(alternatives);
        for (int id : TopTokens.of(logits, offset, exps.length, alternatives)) {
            top.add(new TokenLogprob(id, logits[offset + id] - logSum, List.of()));
        }
        return new TokenLogprob(token, logits[offset + token] - logSum, top);
    }
}
