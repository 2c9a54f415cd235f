package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Filters.Filter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters of lists and dictionaries. */
final class SequenceFilters {
    private SequenceFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("length", SequenceFilters::length);
        all.put("count", SequenceFilters::length);
        all.put("list", (v, a, run) -> {
            a.bind("list");
            return new ListValue(Sequences.list(v, run.budget()));
        });
        all.put("first", (v, a, run) -> {
            a.bind("first");
            Iterator<Object> each = Sequences.iterator(v, run.budget());
            return each.hasNext() ? each.next() : new Undefined("first: the list is empty");
        });
        all.put("last", SequenceFilters::last);
        all.put("items", SequenceFilters::items);
        all.put("default", SequenceFilters::orDefault);
        all.put("d", SequenceFilters::orDefault);
        all.put("attr", (v, a, run) -> Access.attributeOnly(v, a.bind("attr", "name").text(0), run));
        all.put("reverse", SequenceFilters::reverse);
        all.put("sort", SequenceFilters::sort);
        all.put("dictsort", SequenceFilters::dictSort);
        all.put("unique", SequenceFilters::unique);
        all.put("min", (v, a, run) -> extreme(v, a, run, "min"));
        all.put("max", (v, a, run) -> extreme(v, a, run, "max"));
        all.put("groupby", SequenceFilters::groupBy);
        all.put("batch", SequenceFilters::batch);
        all.put("slice", SequenceFilters::slices);
    }

    private static Object length(Object value, Arguments arguments, Run run) {
        arguments.bind("length");
        int size = Sequences.size(value, run.budget());
        if (size < 0) {
            throw new Failure("length: " + Kinds.of(value) + " has no length");
        }
        return (long) size;
    }

    private static Object last(Object value, Arguments arguments, Run run) {
        arguments.bind("last");
        if (value instanceof StreamValue) {
            throw new Failure("last: a stream of elements has no end that could be reached first");
        }
        List<Object> items = reversible(value, run);
        return items.isEmpty() ? new Undefined("last: the list is empty") : items.getLast();
    }

    private static List<Object> reversible(Object value, Run run) {
        return switch (value) {
            case ListValue l -> l.items();
            case TupleValue t -> t.items();
            case null, default -> Sequences.list(value, run.budget());
        };
    }

    private static Object items(Object value, Arguments arguments, Run run) {
        arguments.bind("items");
        return switch (value) {
            case Undefined u -> new StreamValue(Collections.emptyIterator());
            case DictValue d -> {
                run.budget().elements(3L * d.size());
                yield new StreamValue(d.items().iterator());
            }
            case null, default -> throw new Failure("items: expected a dictionary, found " + Kinds.of(value));
        };
    }

    private static Object orDefault(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("default", "default_value?", "boolean?");
        boolean taken = value instanceof Undefined || args.isTrue(1, false) && !Truth.of(value);
        return taken ? args.get(0, "") : value;
    }

    private static Object reverse(Object value, Arguments arguments, Run run) {
        arguments.bind("reverse");
        if (value instanceof String || value instanceof Markup) {
            return Sequences.slice(value, null, null, -1L, run.budget());
        }
        List<Object> items = reversible(value, run);
        // What is no sequence is made a list of, which can be gone through more than once.
        return value instanceof StreamValue || value instanceof Undefined
                ? new ListValue(items.reversed())
                : new StreamValue(items.reversed().iterator());
    }

    private static Object sort(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("sort", "reverse?", "case_sensitive?", "attribute?");
        Budget budget = run.budget();
        List<Object> items = Sequences.list(value, budget);
        boolean sensitive = args.isTrue(1, false);
        Object attribute = args.get(2, null);
        List<Attributes> paths = attribute instanceof String s
                ? Arrays.stream(s.split(",", -1)).map(path -> Attributes.path(path, null)).toList()
                : List.of(Attributes.path(attribute, null));
        List<Object> keys = new ArrayList<>(items.size());
        for (Object item : items) {
            List<Object> key = new ArrayList<>();
            paths.forEach(path -> key.add(Attributes.key(path.of(item, run), sensitive, budget)));
            keys.add(new ListValue(key));
        }
        return new ListValue(Comparisons.sorted(items, keys, args.isTrue(0, false), budget));
    }

    private static Object dictSort(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("dictsort", "case_sensitive?", "by?", "reverse?");
        String by = args.text(1, "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw new Failure("dictsort: expected by='key' or by='value', found '" + by + "'");
        }
        if (value instanceof Undefined u) {
            throw u.failure();
        }
        if (!(value instanceof DictValue dict)) {
            throw new Failure("dictsort: expected a dictionary, found " + Kinds.of(value));
        }
        boolean sensitive = args.isTrue(0, false);
        List<Object> keys = (by.equals("key") ? dict.keys() : dict.values()).stream()
                .map(key -> Attributes.key(key, sensitive, run.budget())).toList();
        return new ListValue(Comparisons.sorted(dict.items(), keys, args.isTrue(2, false), run.budget()));
    }

    private static Object unique(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("unique", "case_sensitive?", "attribute?");
        boolean sensitive = args.isTrue(0, false);
        Attributes path = Attributes.path(args.get(1, null), null);
        Set<Object> seen = new HashSet<>();
        return StreamValue.over(value, Sequences.filtered(Sequences.iterator(value, run.budget()),
                item -> seen.add(Keys.of(Attributes.key(path.of(item, run), sensitive, run.budget()), run.budget()))));
    }

    private static Object extreme(Object value, Arguments arguments, Run run, String name) {
        Arguments.Bound args = arguments.bind(name, "case_sensitive?", "attribute?");
        boolean sensitive = args.isTrue(0, false);
        Attributes path = Attributes.path(args.get(1, null), null);
        Object best = null;
        Object bestKey = null;
        boolean found = false;
        for (Iterator<Object> each = Sequences.iterator(value, run.budget()); each.hasNext();) {
            Object item = each.next();
            Object key = Attributes.key(path.of(item, run), sensitive, run.budget());
            boolean better = !found || (name.equals("min")
                    ? Comparisons.order(key, bestKey, "<", run.budget())
                    : Comparisons.order(key, bestKey, ">", run.budget()));
            if (better) {
                best = item;
                bestKey = key;
                found = true;
            }
        }
        return found ? best : new Undefined(name + ": the list is empty");
    }

    private static Object groupBy(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("groupby", "attribute", "default?", "case_sensitive?");
        Budget budget = run.budget();
        boolean sensitive = args.isTrue(2, false);
        Attributes path = Attributes.path(args.get(0), args.get(1, null));
        List<Object> items = Sequences.list(value, budget);
        List<Object> keys = new ArrayList<>();
        items.forEach(item -> keys.add(Attributes.key(path.of(item, run), sensitive, budget)));
        List<Object> groups = new ArrayList<>();
        List<Object> group = null;
        Object last = null;
        for (Object item : Comparisons.sorted(items, keys, false, budget)) {
            Object key = Attributes.key(path.of(item, run), sensitive, budget);
            if (group == null || !Comparisons.equal(last, key, budget)) {
                group = new ArrayList<>();
                groups.add(new TupleValue(Arrays.asList(path.of(item, run), new ListValue(group)),
                        List.of("grouper", "list")));
                last = key;
            }
            group.add(item);
        }
        budget.elements(groups.size() + items.size());
        return new ListValue(groups);
    }

    private static Object batch(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("batch", "linecount", "fill_with?");
        int size = args.integer(0);
        List<Object> batches = new ArrayList<>();
        List<Object> batch = new ArrayList<>();
        for (Object item : Sequences.list(value, run.budget())) {
            if (batch.size() == size) {
                batches.add(new ListValue(batch));
                batch = new ArrayList<>();
            }
            batch.add(item);
        }
        Object fill = args.get(1, null);
        if (!batch.isEmpty()) {
            if (fill != null && size > batch.size()) {
                run.budget().elements(size);
                batch.addAll(Collections.nCopies(size - batch.size(), fill));
            }
            batches.add(new ListValue(batch));
        }
        return new StreamValue(batches.iterator());
    }

    private static Object slices(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("slice", "slices", "fill_with?");
        int count = args.integer(0);
        List<Object> items = Sequences.list(value, run.budget());
        if (count == 0) {
            throw new Failure("slice: expected a number other than 0");
        }
        run.budget().elements(Math.max(0, count));
        Object fill = args.get(1, null);
        List<Object> slices = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < count; i++) {
            boolean larger = i < items.size() % count;
            int to = from + items.size() / count + (larger ? 1 : 0);
            List<Object> slice = new ArrayList<>(items.subList(from, to));
            if (fill != null && !larger) {
                slice.add(fill);
            }
            slices.add(new ListValue(slice));
            from = to;
        }
        return new StreamValue(slices.iterator());
    }
}
