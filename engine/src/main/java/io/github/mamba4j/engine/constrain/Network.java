package io.github.mamba4j.engine.constrain;

import java.util.ArrayList;
import java.util.List;

/**
 * A recursive transition network over bytes: a nondeterministic automaton whose arcs consume a byte of a range, consume
 * nothing, or run through another rule and come back (Woods, 1970). A regular expression is a network of one rule; a JSON
 * schema has a rule for each of its sub-schemas, and recursion is a rule that leads back to itself. A rule has one start
 * and one end; nothing leaves an end but the way back to the caller.
 *
 * <p>
 * While it is built a network belongs to one thread; a finished one is only read.
 */
final class Network {

    /** More states than this are refused; it bounds the memory and the time that any pattern or schema can ask for. */
    static final int MAX_STATES = 100_000;

    /** A way out of a state. */
    sealed interface Arc {
        /** The state where this arc ends; for a call the one that is reached after the rule has come back. */
        int to();
    }

    /**
     * Consumes a byte.
     *
     * @param low the least byte, 0 to 255
     * @param high the greatest byte, 0 to 255
     * @param to where it leads
     */
    record Bytes(int low, int high, int to) implements Arc {}

    /**
     * Consumes nothing.
     *
     * @param to where it leads
     */
    record Free(int to) implements Arc {}

    /**
     * Runs through a rule.
     *
     * @param rule the rule
     * @param to where the way goes on behind it
     */
    record Call(int rule, int to) implements Arc {}

    private final List<List<Arc>> arcs = new ArrayList<>();
    private final List<Integer> starts = new ArrayList<>();
    private final List<Integer> ends = new ArrayList<>();
    private final List<Boolean> isEnd = new ArrayList<>();
    private int arcCount;

    /** A new rule with a start and an end and no way between them. */
    int rule() {
        starts.add(state());
        ends.add(state());
        isEnd.set(ends.getLast(), true);
        return starts.size() - 1;
    }

    int state() {
        if (arcs.size() == MAX_STATES) {
            throw tooLarge();
        }
        arcs.add(new ArrayList<>(2));
        isEnd.add(false);
        return arcs.size() - 1;
    }

    private static IllegalArgumentException tooLarge() {
        return new IllegalArgumentException("the constraint needs an automaton of more than " + MAX_STATES
                + " states; counted repetitions such as {1,1000000} or long length limits are written out in full, so"
                + " make them smaller or leave them open");
    }

    void bytes(int from, int low, int high, int to) {
        add(from, new Bytes(low, high, to));
    }

    void free(int from, int to) {
        if (from != to) {
            add(from, new Free(to));
        }
    }

    void call(int from, int rule, int to) {
        add(from, new Call(rule, to));
    }

    private void add(int from, Arc arc) {
        if (++arcCount > 8 * MAX_STATES) {
            throw tooLarge();
        }
        arcs.get(from).add(arc);
    }

    int start(int rule) {
        return starts.get(rule);
    }

    int end(int rule) {
        return ends.get(rule);
    }

    boolean isEnd(int state) {
        return isEnd.get(state);
    }

    List<Arc> arcs(int state) {
        return arcs.get(state);
    }

    int stateCount() {
        return arcs.size();
    }
}
