package io.github.mamba4j.engine.state;

import java.util.Arrays;
import java.util.List;

/**
 * All that is remembered of one sequence: the mixers' states by slot, and how many tokens they have taken in. Not
 * thread-safe.
 */
public final class SequenceState {
    private final StateLayout layout;
    private final LayerState[] slots;
    private long position;
    private boolean torn;

    /**
     * The state of a sequence that has not begun.
     *
     * @param layout what is to be remembered
     */
    public SequenceState(StateLayout layout) {
        this.layout = layout;
        slots = layout.slots().stream().map(slot -> slot.spec().newState()).toArray(LayerState[]::new);
    }

    /**
     * What is remembered.
     *
     * @return the layout
     */
    public StateLayout layout() {
        return layout;
    }

    /**
     * A mixer's state.
     *
     * @param slot its number
     * @return the state
     */
    public LayerState slot(int slot) {
        return slots[slot];
    }

    /**
     * How many tokens have been taken in.
     *
     * @return the position of the next token
     */
    public long position() {
        return position;
    }

    /**
     * Whether a call that failed left the mixers' states at different positions.
     *
     * @return true until this is reset or overwritten
     */
    public boolean isTorn() {
        return torn;
    }

    /** Goes back to the beginning. */
    public void reset() {
        for (LayerState slot : slots) {
            slot.reset();
        }
        position = 0;
        torn = false;
    }

    /**
     * Overwrites this state.
     *
     * @param other a whole state of the same layout
     */
    public void copyFrom(SequenceState other) {
        for (int i = 0; i < slots.length; i++) {
            slots[i].copyFrom(other.slots[i]);
        }
        position = other.position;
        torn = false;
    }

    /**
     * The memory of the numbers.
     *
     * @return bytes
     */
    public long byteSize() {
        return Arrays.stream(slots).mapToLong(LayerState::byteSize).sum();
    }

    /**
     * Whether another state holds the same.
     *
     * @param other a state of the same layout
     * @return true if positions and bits are equal
     */
    public boolean contentEquals(SequenceState other) {
        if (position != other.position || torn != other.torn || slots.length != other.slots.length) {
            return false;
        }
        for (int i = 0; i < slots.length; i++) {
            if (!slots[i].contentEquals(other.slots[i])) {
                return false;
            }
        }
        return true;
    }

    /**
     * Overwrites the mixers' states by saved ones.
     *
     * @param tensors for each slot what its state saved
     * @param tokens how many tokens they have taken in
     */
    public void load(List<List<StateTensor>> tensors, long tokens) {
        for (int i = 0; i < slots.length; i++) {
            slots[i].load(tensors.get(i));
        }
        position = tokens;
        torn = false;
    }

    /**
     * Takes the memory that the next tokens need, before anything changes.
     *
     * @param tokens how many
     */
    public void reserve(int tokens) {
        for (LayerState slot : slots) {
            slot.reserve(tokens);
        }
    }

    /** A call begins to change the mixers' states one after another. */
    public void beginChange() {
        torn = true;
    }

    /**
     * All mixers have taken in the tokens.
     *
     * @param tokens how many
     */
    public void endChange(long tokens) {
        position += tokens;
        torn = false;
    }
}
