package io.github.mamba4j.engine.chat.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BiFunction;

/** The variable {@code loop}: where a loop is. It looks ahead only when it is asked what comes. */
final class LoopValue implements Iterator<Object> {
    /** In the place of an attribute that there is not. */
    static final Object NO_SUCH = new Object();

    private static final Object NOTHING = new Object();

    private final Run run;
    private final int depth0;
    /** Renders the body for other elements, one level deeper; null if the loop is not recursive. */
    private final BiFunction<Object, Integer, String> recurse;
    private Iterator<Object> rest;
    private int length;
    private int index0 = -1;
    private Object before = NOTHING;
    private Object current = NOTHING;
    private Object after = NOTHING;
    private List<Object> lastChanged;

    /**
     * Begins a loop.
     *
     * @param iterable what is gone through
     * @param elements its elements
     * @param isWhole whether the elements are all of it, so that its length is known
     * @param depth0 how many loops of the same kind are around it
     * @param recurse renders the body for other elements, or null
     * @param run the run
     */
    LoopValue(Object iterable, Iterator<Object> elements, boolean isWhole, int depth0,
            BiFunction<Object, Integer, String> recurse, Run run) {
        rest = elements;
        length = isWhole ? Sequences.size(iterable, run.budget()) : -1;
        this.depth0 = depth0;
        this.recurse = recurse;
        this.run = run;
    }

    @Override
    public boolean hasNext() {
        return after != NOTHING || rest.hasNext();
    }

    @Override
    public Object next() {
        before = current;
        current = after != NOTHING ? after : rest.next();
        after = NOTHING;
        index0++;
        return current;
    }

    int index() {
        return index0 + 1;
    }

    /** The number of elements; those of a stream are read for it. */
    int length() {
        if (length < 0) {
            List<Object> left = new ArrayList<>();
            while (rest.hasNext()) {
                left.add(rest.next());
                run.budget().grown(left.size());
            }
            run.budget().elements(left.size());
            rest = left.iterator();
            length = left.size() + index() + (after != NOTHING ? 1 : 0);
        }
        return length;
    }

    private Object peek() {
        if (after == NOTHING && rest.hasNext()) {
            after = rest.next();
        }
        return after;
    }

    Object attribute(String name) {
        return switch (name) {
            case "index" -> (long) index();
            case "index0" -> (long) index0;
            case "revindex" -> (long) length() - index0;
            case "revindex0" -> (long) length() - index();
            case "first" -> index0 == 0;
            case "last" -> peek() == NOTHING;
            case "length" -> (long) length();
            case "depth" -> depth0 + 1L;
            case "depth0" -> (long) depth0;
            case "previtem" -> index0 == 0 ? new Undefined("there is no element before the first") : before;
            case "nextitem" -> peek() == NOTHING ? new Undefined("there is no element after the last") : peek();
            case "cycle" -> new Callable.Method(name, this, this::cycle);
            case "changed" -> new Callable.Method(name, this, this::changed);
            default -> NO_SUCH;
        };
    }

    private Object cycle(Arguments arguments) {
        List<Object> values = arguments.positional();
        if (values.isEmpty()) {
            throw new Failure("loop.cycle: expected values, found none");
        }
        return values.get(Math.floorMod(index0, values.size()));
    }

    private Object changed(Arguments arguments) {
        boolean same = lastChanged != null && Comparisons.equal(new TupleValue(lastChanged),
                new TupleValue(arguments.positional()), run.budget());
        lastChanged = arguments.positional();
        return !same;
    }

    /** {@code loop(elements)}: the body once more, for what is within an element. */
    Object call(Arguments arguments) {
        if (recurse == null) {
            throw new Failure("a loop can be called only if it is marked 'recursive'");
        }
        return recurse.apply(arguments.bind("loop", "iterable").get(0), depth0 + 1);
    }
}
