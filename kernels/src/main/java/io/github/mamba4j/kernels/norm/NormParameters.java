package io.github.mamba4j.kernels.norm;

/**
 * The parameters of a root-mean-square norm.
 *
 * @param cols the number of columns that are normalised
 * @param groups into how many equal groups they are split, each with a norm of its own; 1 for the usual norm
 * @param weight {@code [cols]}, or empty for a norm without weights; null becomes empty
 * @param eps added to the mean square
 */
public record NormParameters(int cols, int groups, float[] weight, float eps) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if the weights or the groups do not fit the columns, or eps is negative
     */
    public NormParameters {
        weight = weight == null ? new float[0] : weight;
        if (cols < 1) {
            throw new IllegalArgumentException("norm: expected at least 1 column, found " + cols);
        }
        if (groups < 1 || cols % groups != 0) {
            throw new IllegalArgumentException(
                    "norm: expected a number of groups that divides " + cols + " columns, found " + groups);
        }
        if (weight.length != 0 && weight.length != cols) {
            throw new IllegalArgumentException("norm: expected " + cols + " weights or none, found " + weight.length);
        }
        if (!(eps >= 0)) {
            throw new IllegalArgumentException("norm: expected an eps of 0 or more, found " + eps);
        }
    }

    /**
     * A norm of whole rows, as most models have it.
     *
     * @param weight {@code [cols]}
     * @param eps added to the mean square
     * @return the parameters of one group with weights
     */
    public static NormParameters of(float[] weight, float eps) {
        return new NormParameters(weight.length, 1, weight, eps);
    }

    /**
     * The size of a group.
     *
     * @return {@code cols / groups}
     */
    public int groupSize() {
        return cols / groups;
    }

    /**
     * Whether there are weights.
     *
     * @return whether {@link #weight} is not empty
     */
    public boolean hasWeight() {
        return weight.length > 0;
    }
}
