package io.github.mamba4j.engine.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The methods of lists and tuples that change nothing. */
final class ListMethods {
    static final Set<String> NAMES = Set.of("index", "count");

    private ListMethods() {}

    static Object call(List<Object> items, String method, Arguments arguments, Run run) {
        Budget budget = run.budget();
        return switch (method) {
            case "copy" -> {
                arguments.bind("copy");
                budget.elements(items.size());
                yield new ListValue(new ArrayList<>(items));
            }
            case "count" -> {
                Object wanted = arguments.bind("count", "value").get(0);
                yield items.stream().filter(item -> same(item, wanted, budget)).count();
            }
            default -> {
                Arguments.Bound args = arguments.bind("index", "value", "start?", "stop?");
                int size = items.size();
                int from = bound(args.integer(1, 0), size);
                int to = bound(args.integer(2, size), size);
                for (int i = from; i < to; i++) {
                    if (same(items.get(i), args.get(0), budget)) {
                        yield (long) i;
                    }
                }
                throw new Failure("index: the value is not in the list");
            }
        };
    }

    private static int bound(int index, int size) {
        return Math.clamp(index < 0 ? (long) index + size : index, 0, size);
    }

    private static boolean same(Object a, Object b, Budget budget) {
        return a == b || Comparisons.equal(a, b, budget);
    }
}
