package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Filters.Filter;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Filters that choose elements, or make others of them. What they give is computed when it is asked for. */
final class SelectionFilters {
    private SelectionFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("map", SelectionFilters::map);
        all.put("select", (v, a, run) -> choose(v, a, run, "select", true, false));
        all.put("reject", (v, a, run) -> choose(v, a, run, "reject", false, false));
        all.put("selectattr", (v, a, run) -> choose(v, a, run, "selectattr", true, true));
        all.put("rejectattr", (v, a, run) -> choose(v, a, run, "rejectattr", false, true));
    }

    private static Object map(Object value, Arguments arguments, Run run) {
        if (!Truth.of(value)) {
            return new StreamValue(Collections.emptyIterator());
        }
        Iterator<Object> elements = Sequences.iterator(value, run.budget());
        if (arguments.positional().isEmpty() && arguments.named().containsKey("attribute")) {
            Arguments.Bound args = new Arguments(arguments.positional(), new LinkedHashMap<>(arguments.named()))
                    .bind("map", "attribute", "default?");
            Attributes path = Attributes.path(args.get(0), args.get(1, null));
            return StreamValue.over(value, Sequences.mapped(elements, element -> path.of(element, run)));
        }
        String name = name(arguments, "map: expected a filter or attribute=...");
        if (!Filters.has(name)) {
            throw Filters.unknown(name);
        }
        Arguments rest = arguments.rest();
        return StreamValue.over(value, Sequences.mapped(elements, element -> Filters.apply(name, element, rest, run)));
    }

    private static String name(Arguments arguments, String problem) {
        if (arguments.positional().isEmpty()) {
            throw new Failure(problem);
        }
        return new Arguments(arguments.positional().subList(0, 1), Map.of()).bind(problem, "name").text(0);
    }

    private static Object choose(Object value, Arguments arguments, Run run, String filter, boolean wanted,
            boolean byAttribute) {
        if (!Truth.of(value)) {
            return new StreamValue(Collections.emptyIterator());
        }
        Arguments rest = arguments;
        Attributes path = Attributes.path(null, null);
        if (byAttribute) {
            if (arguments.positional().isEmpty()) {
                throw new Failure(filter + ": expected the name of an attribute");
            }
            path = Attributes.path(arguments.positional().getFirst(), null);
            rest = arguments.rest();
        }
        Predicate<Object> test = Truth::of;
        if (!rest.positional().isEmpty()) {
            String name = name(rest, filter + ": expected the name of a test");
            if (!Tests.has(name)) {
                throw Tests.unknown(name);
            }
            Arguments args = rest.rest();
            test = element -> Tests.apply(name, element, args, run);
        }
        Attributes of = path;
        Predicate<Object> holds = test;
        return StreamValue.over(value, Sequences.filtered(Sequences.iterator(value, run.budget()),
                element -> holds.test(of.of(element, run)) == wanted));
    }
}
