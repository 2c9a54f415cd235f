package io.github.mamba4j.engine.state;

import java.util.List;

/**
 * What one mixer remembers of a sequence. Mixers that remember nothing have none.
 *
 * <p>Not thread-safe: it belongs to one sequence.
 */
public sealed interface LayerState permits RecurrentState, KeyValueState {
    /**
     * Takes the memory that the next tokens need, so that they cannot fail for want of it half-way. All or nothing.
     *
     * @param tokens how many
     */
    default void reserve(int tokens) {
        // Most states do not grow.
    }

    /** Goes back to the beginning of a sequence. */
    void reset();

    /**
     * Overwrites this state.
     *
     * @param other a state of the same mixer
     */
    void copyFrom(LayerState other);

    /**
     * The memory of the numbers.
     *
     * @return bytes
     */
    long byteSize();

    /**
     * Whether another state holds the same bits.
     *
     * @param other a state of the same mixer
     * @return true if nothing tells them apart
     */
    boolean contentEquals(LayerState other);

    /**
     * Copies the numbers out.
     *
     * @return named arrays in the order of the papers, always the same names in the same order
     */
    List<StateTensor> save();

    /**
     * Overwrites this state by what {@link #save} gave.
     *
     * @param tensors the arrays, whose shapes have been checked against {@link #shapes}
     */
    void load(List<StateTensor> tensors);

    /**
     * The shapes that {@link #save} has after a number of tokens.
     *
     * @param position the tokens that the sequence has taken in
     * @return tensors without values
     */
    List<StateTensor> shapes(long position);
}
