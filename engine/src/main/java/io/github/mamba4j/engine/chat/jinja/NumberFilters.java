package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Filters.Filter;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.Map;

/** Filters that make numbers. */
final class NumberFilters {
    private NumberFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("abs", (v, a, run) -> {
            a.bind("abs");
            if (v instanceof Undefined u) {
                throw u.failure();
            }
            if (!Numbers.isNumber(v)) {
                throw new Failure("abs: expected a number, found " + Kinds.of(v));
            }
            return Operators.signed(Numbers.compareToZero(v) < 0, v instanceof Double d ? d + 0.0 : v, run.budget());
        });
        all.put("int", NumberFilters::integer);
        all.put("float", NumberFilters::real);
        all.put("round", NumberFilters::round);
        all.put("sum", NumberFilters::sum);
    }

    private static Object integer(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("int", "default?", "base?");
        Object otherwise = args.get(0, 0L);
        Object found = switch (value) {
            case Undefined u -> throw u.failure();
            case String s -> text(s, args.integer(1, 10), run.budget());
            case Markup m -> text(m.text(), args.integer(1, 10), run.budget());
            case Double d -> finite(d);
            case null -> null;
            default -> Numbers.isInteger(value) ? Numbers.normal(Numbers.big(value)) : null;
        };
        return found == null ? otherwise : found;
    }

    private static Object text(String text, int base, Budget budget) {
        if (base != 0 && (base < 2 || base > 36)) {
            return null;
        }
        budget.scan(text.length());
        Object integer = Numbers.integer(text, base);
        if (integer instanceof BigInteger) {
            budget.work(text.length());
        }
        Double real = integer == null ? Numbers.real(text, budget) : null;
        return real == null ? integer : finite(real);
    }

    private static Object finite(double value) {
        return Double.isNaN(value) || Double.isInfinite(value) ? null : Numbers.truncated(value);
    }

    private static Object real(Object value, Arguments arguments, Run run) {
        Object otherwise = arguments.bind("float", "default?").get(0, 0.0);
        Double found = switch (value) {
            case Undefined u -> throw u.failure();
            case String s -> Numbers.real(s, run.budget());
            case Markup m -> Numbers.real(m.text(), run.budget());
            case null -> null;
            default -> Numbers.isNumber(value) ? (Double) Numbers.real(value) : null;
        };
        return found == null ? otherwise : found;
    }

    private static Object round(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("round", "precision?", "method?");
        String method = args.text(1, "common");
        if (value instanceof Undefined u) {
            throw u.failure();
        }
        if (!Numbers.isNumber(value)) {
            throw new Failure("round: expected a number, found " + Kinds.of(value));
        }
        run.budget().work(1000);
        switch (method) {
            case "common" -> {
                return Numbers.round(value, args.integer(0, 0));
            }
            case "ceil", "floor" -> {
                Object scale = Operators.binary("**", 10L, args.get(0, 0L), run.budget());
                Object scaled = Operators.binary("*", value, scale, run.budget());
                Object whole = scaled instanceof Double d
                        ? Numbers.truncated(method.equals("ceil") ? Math.ceil(d) : Math.floor(d))
                        : scaled;
                return Operators.binary("/", whole, scale, run.budget());
            }
            default -> throw new Failure("round: expected the method common, ceil or floor, found '" + method + "'");
        }
    }

    private static Object sum(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("sum", "attribute?", "start?");
        Object sum = args.get(1, 0L);
        if (sum instanceof String || sum instanceof Markup) {
            throw new Failure("sum: texts are put together by 'join'");
        }
        Attributes path = args.get(0, null) == null ? null : Attributes.path(args.get(0), null);
        for (Iterator<Object> each = Sequences.iterator(value, run.budget()); each.hasNext();) {
            Object element = each.next();
            sum = Operators.add(sum, path == null ? element : path.of(element, run), run.budget());
        }
        return sum;
    }
}
