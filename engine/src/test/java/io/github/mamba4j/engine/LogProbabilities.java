package io.github.mamba4j.engine;

/** The log-softmax, in double precision. */
final class LogProbabilities {
    private LogProbabilities() {}

    /** The natural logarithm of the probability that logits {@code [from, from + vocabSize)} give a token. */
    static double of(float[] logits, int from, int vocabSize, int token) {
        double max = Double.NEGATIVE_INFINITY;
        for (int v = 0; v < vocabSize; v++) {
            max = Math.max(max, logits[from + v]);
        }
        double sum = 0;
        for (int v = 0; v < vocabSize; v++) {
            sum += Math.exp(logits[from + v] - max);
        }
        return logits[from + token] - max - Math.log(sum);
    }
}
