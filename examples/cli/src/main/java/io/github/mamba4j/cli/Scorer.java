package io.github.mamba4j.cli;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.util.function.DoubleConsumer;

/**
 * The log-probability of each token of a sequence after those before it:
 *
 * <pre>
 * logprob(token[t]) = logits[t-1][token[t]] - log(sum_v exp(logits[t-1][v]))
 * </pre>
 *
 * The sequence comes in pieces and is fed to the model in blocks, so that memory does not grow with its length. Not
 * thread-safe.
 */
final class Scorer {
    /** Bounds the logits of a block: 16 MB. */
    private static final int MAX_LOGITS = 1 << 22;

    private final MambaModel model;
    private final MambaState state;
    private final Batch batch = new Batch();
    private final DoubleConsumer sink;
    /** Tokens that were not fed yet. A block is fed when the token after its last one is known as well. */
    private final int[] pending;
    private int count;

    /**
     * Begins a sequence.
     *
     * @param model the model
     * @param sink takes the log-probabilities (natural logarithm) of the second token, the third and so on
     */
    Scorer(MambaModel model, DoubleConsumer sink) {
        this.model = model;
        this.sink = sink;
        state = model.newState();
        int rows = Math.clamp(MAX_LOGITS / model.config().vocabSize(), 1, model.options().maxRowsPerPass());
        pending = new int[rows + 1];
    }

    /**
     * Takes the next tokens.
     *
     * @param tokens token ids
     * @throws IllegalArgumentException if one is not in the model's vocabulary
     */
    void feed(int... tokens) {
        int vocabSize = model.config().vocabSize();
        for (int token : tokens) {
            if (token < 0 || token >= vocabSize) {
                throw new IllegalArgumentException(
                        "token id " + token + " is out of range: expected 0 to " + (vocabSize - 1));
            }
            pending[count++] = token;
            if (count == pending.length) {
                run();
            }
        }
    }

    /** Scores what is still pending: the sequence has ended. */
    void finish() {
        if (count > 1) {
            run();
        }
    }

    /** Feeds all pending tokens but the last, which only is a target here and begins the next block. */
    private void run() {
        int rows = count - 1;
        batch.clear();
        batch.add(state, pending, 0, rows, LogitsFor.ALL);
        model.forward(batch);
        for (int r = 0; r < rows; r++) {
            sink.accept(logprob(batch.logits(), batch.logitsOffset(0, r), pending[r + 1]));
        }
        pending[0] = pending[rows];
        count = 1;
    }

    private double logprob(float[] logits, int from, int token) {
        int to = from + model.config().vocabSize();
        float target = logits[from + token];
        float max = logits[model.kernels().argmax(logits, from, to)];
        double logprob = target - (max + Math.log(model.kernels().expSum(logits, from, to)));
        if (Double.isNaN(logprob)) {
            throw new IllegalStateException("the model computes values that are not numbers: are its weights damaged?");
        }
        return logprob;
    }
}
