package io.github.mamba4j.engine.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/** The filters that templates can name. */
final class Filters {
    /** What a filter does with a value. */
    @FunctionalInterface
    interface Filter {
        /** Does it. */
        Object apply(Object value, Arguments arguments, Run run);
    }

    private static final Map<String, Filter> ALL = all();

    private Filters() {}

    private static Map<String, Filter> all() {
        Map<String, Filter> all = new HashMap<>();
        all.put("tojson", JsonText::filter);
        TextFilters.addTo(all);
        NumberFilters.addTo(all);
        SequenceFilters.addTo(all);
        SelectionFilters.addTo(all);
        return Map.copyOf(all);
    }

    static boolean has(Object name) {
        return name instanceof String s && ALL.containsKey(s);
    }

    static Object apply(String name, Object value, Arguments arguments, Run run) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw unknown(name);
        }
        run.budget().step();
        return filter.apply(value, arguments, run);
    }

    static Failure unknown(String name) {
        return new Failure("there is no filter '" + name + "'");
    }
}
