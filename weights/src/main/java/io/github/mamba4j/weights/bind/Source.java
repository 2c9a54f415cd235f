package io.github.mamba4j.weights.bind;

import java.util.Objects;

/**
 * Where a file has a parameter: the name it goes by there, which rows of that tensor it is, and what is done to its values.
 *
 * @param tensor the stored name
 * @param cut which rows
 * @param values what the stored values become
 */
public record Source(String tensor, Cut cut, Values values) {
    /** What stored values become. */
    public enum Values {
        /** They are the parameter. */
        SAME,
        /** {@code -exp(v)}, computed in double precision and rounded once: A from A_log. */
        NEGATIVE_EXP,
        /** {@code v + 1}: norms that are stored around 0. */
        PLUS_ONE
    }

    /** Which rows of a stored tensor a parameter is. */
    public sealed interface Cut {}

    /** All of them. */
    public record Whole() implements Cut {}

    /**
     * Neighbouring rows.
     *
     * @param from the first row
     * @param of how many rows the stored tensor has
     */
    public record Slice(int from, int of) implements Cut {}

    /**
     * Neighbouring rows of one of the matrices that are stored together, {@code [count, of, cols]}.
     *
     * @param index which matrix
     * @param count how many there are
     * @param from the first row in it
     * @param of how many rows a matrix has
     */
    public record Slab(int index, int count, int from, int of) implements Cut {}

    /**
     * Rows in another order, which are copied.
     *
     * @param rows for each row of the parameter the stored row
     * @param of how many rows the stored tensor has
     */
    public record Gather(int[] rows, int of) implements Cut {}

    /** Checks that nothing is missing. */
    public Source {
        Objects.requireNonNull(tensor, "tensor");
        Objects.requireNonNull(cut, "cut");
        Objects.requireNonNull(values, "values");
    }

    /**
     * A whole tensor as it is.
     *
     * @param tensor the stored name
     * @return the source
     */
    public static Source of(String tensor) {
        return new Source(tensor, new Whole(), Values.SAME);
    }

    /**
     * The same rows with other values.
     *
     * @param change what the stored values become
     * @return the changed source
     */
    public Source with(Values change) {
        return new Source(tensor, cut, change);
    }

    /**
     * Other rows of the same tensor.
     *
     * @param rows which rows
     * @return the changed source
     */
    public Source cut(Cut rows) {
        return new Source(tensor, rows, values);
    }
}
