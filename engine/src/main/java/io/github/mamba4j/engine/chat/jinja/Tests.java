package io.github.mamba4j.engine.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/** The tests that templates can name after {@code is}. */
final class Tests {
    /** What a test finds out about a value. */
    @FunctionalInterface
    private interface Test {
        boolean holds(Object value, Arguments arguments, Run run);
    }

    private static final Map<String, Test> ALL = all();

    private Tests() {}

    private static Map<String, Test> all() {
        Map<String, Test> all = new HashMap<>();
        plain(all, "defined", v -> !(v instanceof Undefined));
        plain(all, "undefined", v -> v instanceof Undefined);
        plain(all, "none", v -> v == null);
        plain(all, "boolean", v -> v instanceof Boolean);
        plain(all, "true", v -> Boolean.TRUE.equals(v));
        plain(all, "false", v -> Boolean.FALSE.equals(v));
        plain(all, "integer", v -> Numbers.isInteger(v) && !(v instanceof Boolean));
        plain(all, "float", v -> v instanceof Double);
        plain(all, "number", Numbers::isNumber);
        plain(all, "string", v -> v instanceof String || v instanceof Markup);
        plain(all, "mapping", v -> v instanceof DictValue);
        plain(all, "escaped", v -> v instanceof Markup);
        plain(all, "callable", v -> v instanceof Callable || v instanceof LoopValue || v instanceof Undefined);
        plain(all, "sequence", v -> v instanceof String || v instanceof Markup || v instanceof ListValue
                || v instanceof TupleValue || v instanceof DictValue || v instanceof RangeValue
                || v instanceof Undefined);
        plain(all, "iterable", v -> v instanceof String || v instanceof Markup || v instanceof ListValue
                || v instanceof TupleValue || v instanceof DictValue || v instanceof RangeValue
                || v instanceof ViewValue || v instanceof StreamValue || v instanceof LoopValue
                || v instanceof Undefined);
        all.put("odd", (v, a, run) -> remainder(v, a.bind("odd"), 2L, run) == 1);
        all.put("even", (v, a, run) -> remainder(v, a.bind("even"), 2L, run) == 0);
        all.put("divisibleby",
                (v, a, run) -> remainder(v, null, a.bind("divisibleby", "num").get(0), run) == 0);
        all.put("lower", (v, a, run) -> {
            a.bind("lower");
            return TextMethods.call(Printer.text(v, run.budget()), "islower", a, run) == Boolean.TRUE;
        });
        all.put("upper", (v, a, run) -> {
            a.bind("upper");
            return TextMethods.call(Printer.text(v, run.budget()), "isupper", a, run) == Boolean.TRUE;
        });
        all.put("filter", (v, a, run) -> {
            a.bind("filter");
            return Filters.has(v);
        });
        all.put("test", (v, a, run) -> {
            a.bind("test");
            return has(v);
        });
        all.put("sameas", (v, a, run) -> same(v, a.bind("sameas", "other").get(0)));
        all.put("in", (v, a, run) -> Comparisons.contains(a.bind("in", "seq").get(0), v, run.budget()));
        comparisons(all);
        return Map.copyOf(all);
    }

    private static void comparisons(Map<String, Test> all) {
        for (String name : new String[]{"==", "eq", "equalto"}) {
            all.put(name, (v, a, run) -> Comparisons.equal(v, a.bind(name, "other").get(0), run.budget()));
        }
        for (String name : new String[]{"!=", "ne"}) {
            all.put(name, (v, a, run) -> !Comparisons.equal(v, a.bind(name, "other").get(0), run.budget()));
        }
        Map<String, String> orders = Map.of(">", ">", "gt", ">", "greaterthan", ">", "ge", ">=", ">=", ">=", "<", "<",
                "lt", "<", "lessthan", "<", "<=", "<=", "le", "<=");
        orders.forEach((name, operator) -> all.put(name,
                (v, a, run) -> Comparisons.order(v, a.bind(name, "other").get(0), operator, run.budget())));
    }

    private static void plain(Map<String, Test> all, String name, java.util.function.Predicate<Object> test) {
        all.put(name, (v, a, run) -> {
            a.bind(name);
            return test.test(v);
        });
    }

    private static double remainder(Object value, Arguments.Bound none, Object divisor, Run run) {
        return Numbers.real(Operators.binary("%", value, divisor, run.budget()));
    }

    /** Small integers and texts of the template may be one thing in Python or two; equal ones count as one here. */
    private static boolean same(Object a, Object b) {
        boolean plain = a instanceof Boolean || a instanceof Long || a instanceof String || a instanceof Double;
        return a == b || plain && a.equals(b);
    }

    static boolean has(Object name) {
        return name instanceof String s && ALL.containsKey(s);
    }

    static boolean apply(String name, Object value, Arguments arguments, Run run) {
        Test test = ALL.get(name);
        if (test == null) {
            throw unknown(name);
        }
        run.budget().step();
        return test.holds(value, arguments, run);
    }

    static Failure unknown(String name) {
        return new Failure("there is no test '" + name + "'");
    }
}
