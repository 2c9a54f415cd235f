package io.github.mamba4j.engine.forward;

import io.github.mamba4j.kernels.Activations;

/** The results of a call: a row of logits for each row that wants them. Grows and is used again. */
public final class Logits {
    private Activations input = Activations.allocate(0, 1);
    private Activations values = Activations.allocate(0, 1);

    /** No results. */
    public Logits() {}

    /**
     * Makes room.
     *
     * @param rows the rows of logits
     * @param dModel what the head reads of each
     * @param vocabSize the logits of a row
     * @throws IllegalArgumentException if they do not fit an array
     */
    void prepare(int rows, int dModel, int vocabSize) {
        if ((long) rows * Math.max(dModel, vocabSize) > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("the logits of " + rows + " tokens over a vocabulary of " + vocabSize
                    + ", or the rows of " + dModel + " that they are made of, do not fit an array;"
                    + " run fewer tokens in a batch");
        }
        input = grown(input, rows, dModel);
        values = grown(values, rows, vocabSize);
    }

    private static Activations grown(Activations buffer, int rows, int cols) {
        return buffer.rows() >= rows && buffer.cols() == cols ? buffer : Activations.allocate(rows, cols);
    }

    /** {@code [rows, dModel]}: what the head reads. */
    Activations input() {
        return input;
    }

    /**
     * The logits.
     *
     * @return {@code [rows, vocabSize]}, with room for more rows perhaps
     */
    public Activations values() {
        return values;
    }
}
