package io.github.mamba4j.engine.constrain;

import java.util.Arrays;
import java.util.List;

/**
 * A state of the deterministic machine: all readings of the bytes so far that can still come to a good end. Immutable but
 * for the memory of its successors, which {@link Machine} fills.
 */
final class Configuration {

    /**
     * A place in the network and the calls that are open there.
     *
     * @param state the state
     * @param frame the open calls, or null
     */
    record Reading(int state, Frame frame) {}

    private final List<Reading> readings;
    private final boolean accepting;
    private final int bytesToEnd;
    private final int epoch;
    private final Configuration[] next;

    /**
     * A configuration without known successors.
     *
     * @param readings the readings that can consume a byte; their order decides which are kept if there are too many
     * @param accepting whether the text may end here
     * @param bytesToEnd the bytes that are needed, at least, until the text may end
     * @param epoch the generation of the machine's memory to which this belongs
     * @param byteClasses how many kinds of bytes the machine tells apart
     */
    Configuration(List<Reading> readings, boolean accepting, int bytesToEnd, int epoch, int byteClasses) {
        this.readings = readings;
        this.accepting = accepting;
        this.bytesToEnd = bytesToEnd;
        this.epoch = epoch;
        this.next = new Configuration[byteClasses];
    }

    List<Reading> readings() {
        return readings;
    }

    boolean accepting() {
        return accepting;
    }

    /** Whether no byte can follow and the text may not end: only the one dead configuration is like that. */
    boolean dead() {
        return readings.isEmpty() && !accepting;
    }

    /** Whether the text may end here and cannot go on. */
    boolean complete() {
        return readings.isEmpty() && accepting;
    }

    int bytesToEnd() {
        return bytesToEnd;
    }

    int epoch() {
        return epoch;
    }

    /**
     * A remembered successor, or null. Read without a lock: a configuration is safely published by its final fields, and a
     * reader that misses a fresh entry works it out again under the lock.
     */
    Configuration next(int byteClass) {
        return next[byteClass];
    }

    void remember(int byteClass, Configuration successor) {
        next[byteClass] = successor;
    }

    /** Lets all successors go. */
    void forget() {
        Arrays.fill(next, null);
    }

    /** About how many bytes of memory this takes; stacks are shared and count once per reading. */
    long weight() {
        return 128L + 8L * next.length + 64L * readings.size();
    }
}
