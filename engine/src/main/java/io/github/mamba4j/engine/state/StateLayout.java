package io.github.mamba4j.engine.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What a model remembers of a sequence: a slot for each mixer that has a state, in the order of the blocks. Mixers claim
 * their slots while a model is made; nothing is added afterwards.
 */
public final class StateLayout {
    /**
     * One mixer's state.
     *
     * @param name the mixer's canonical name
     * @param spec what it needs
     */
    public record Slot(String name, StateSpec spec) {}

    private final List<Slot> slots = new ArrayList<>();

    /** A layout without slots. */
    public StateLayout() {}

    /**
     * Adds a slot.
     *
     * @param name the mixer's canonical name
     * @param spec what it needs
     * @return the slot's number
     */
    public int claim(String name, StateSpec spec) {
        slots.add(new Slot(name, spec));
        return slots.size() - 1;
    }

    /**
     * All slots.
     *
     * @return the slots by number
     */
    public List<Slot> slots() {
        return Collections.unmodifiableList(slots);
    }

    /**
     * The most tokens that the model was made for.
     *
     * @return the least of the slots' limits
     */
    public long maxPositions() {
        return slots.stream().mapToLong(slot -> slot.spec().maxPositions()).min().orElse(Long.MAX_VALUE);
    }

    /**
     * Why states of another layout do not fit this one.
     *
     * @param other another layout
     * @return the first difference in a few words; empty if there is none
     */
    public String difference(StateLayout other) {
        if (slots.size() != other.slots.size()) {
            return "expected a state of " + slots.size() + " layers, found one of " + other.slots.size();
        }
        for (int i = 0; i < slots.size(); i++) {
            if (!slots.get(i).equals(other.slots.get(i))) {
                return "expected a state of " + describe(slots.get(i)) + ", found one of "
                        + describe(other.slots.get(i));
            }
        }
        return "";
    }

    private static String describe(Slot slot) {
        return slot.name() + ": " + slot.spec().describe();
    }
}
