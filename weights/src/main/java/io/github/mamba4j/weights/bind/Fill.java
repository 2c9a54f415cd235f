package io.github.mamba4j.weights.bind;

/** What kind of values a vector of a trained model has, for those who make up a model that computes like a trained one. */
public enum Fill {
    /** Ones: the weight of a norm, a skip connection. */
    ONES,
    /** Small numbers around 0: a bias. */
    BIAS,
    /** Filters that keep the variance of what they convolve; the last size of the shape is the number of taps. */
    FILTER,
    /** The decay of a state, {@code -(1..N)}; the last size of the shape is N. */
    DECAY,
    /** The bias before a softplus that gives step sizes of 0.001 to 0.1. */
    TIME_STEP
}
