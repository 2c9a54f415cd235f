package io.github.mamba4j.weights.bind;

/** What a parameter is for, which says in which formats it may be held. */
public enum Role {
    /** The table that tokens are looked up in: a matrix of which a step reads a row. */
    EMBEDDING(true, true),
    /** The matrix that gives the logits. */
    HEAD(true, true),
    /** A large matrix inside a mixer. */
    PROJECTION(true, true),
    /** A small matrix whose result steers a recurrence: it gains little from being quantised, and the model loses. */
    SMALL_PROJECTION(true, false),
    /** A vector, or what else is always float32. */
    EXACT(false, false);

    private final boolean converts;
    private final boolean quantises;

    Role(boolean converts, boolean quantises) {
        this.converts = converts;
        this.quantises = quantises;
    }

    /**
     * Whether a parameter of this role may be converted to a format of 16 bits.
     *
     * @return true for matrices
     */
    public boolean converts() {
        return converts;
    }

    /**
     * Whether a parameter of this role may be quantised to fewer bits.
     *
     * @return true for large matrices
     */
    public boolean quantises() {
        return quantises;
    }
}
