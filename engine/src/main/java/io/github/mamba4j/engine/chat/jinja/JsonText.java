package io.github.mamba4j.engine.chat.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** {@code tojson}: what Python's {@code json.dumps} writes. */
final class JsonText {
    private final Budget budget;
    private final boolean ascii;
    /** Null for all on one line. */
    private final String indent;
    private final String comma;
    private final String colon;
    private final boolean sorted;
    private final StringBuilder out = new StringBuilder();

    private JsonText(Arguments.Bound args, Budget budget) {
        this.budget = budget;
        ascii = args.isTrue(0, false);
        Object by = args.get(1, null);
        indent = by == null
                ? null
                : Numbers.isInteger(by)
                        ? Texts.repeated(" ", Math.max(0, Numbers.index(by, "tojson")), budget)
                        : args.text(1);
        List<Object> separators = args.get(2, null) == null ? List.of() : Sequences.list(args.get(2), budget);
        if (separators.size() == 2) {
            comma = Printer.text(separators.get(0), budget);
            colon = Printer.text(separators.get(1), budget);
        } else if (separators.isEmpty()) {
            comma = indent == null ? ", " : ",";
            colon = ": ";
        } else {
            throw new Failure("tojson: expected two separators, found " + separators.size());
        }
        sorted = args.isTrue(3, false);
    }

    static Object filter(Object value, Arguments arguments, Run run) {
        var json = new JsonText(arguments.bind("tojson", "ensure_ascii?", "indent?", "separators?", "sort_keys?"),
                run.budget());
        json.value(value, 0);
        return json.out.toString();
    }

    private void add(String text) {
        TextMethods.append(out, text, budget);
    }

    private void value(Object value, int nesting) {
        budget.step();
        switch (value) {
            case null -> add("null");
            case Boolean b -> add(b.toString());
            case Long n -> add(n.toString());
            case BigInteger n -> add(Numbers.text(n, budget));
            case Double d -> add(number(d));
            case String s -> quoted(s);
            case Markup m -> quoted(m.text());
            case ListValue l -> list(l.items(), nesting);
            case TupleValue t -> list(t.items(), nesting);
            case DictValue d -> dict(d, nesting);
            default -> throw new Failure("tojson: " + Kinds.of(value) + " has no form in JSON");
        }
    }

    private static String number(double value) {
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? value > 0 ? "Infinity" : "-Infinity" : Numbers.text(value);
    }

    private void line(int nesting) {
        if (indent != null) {
            add("\n" + Texts.repeated(indent, nesting, budget));
        }
    }

    private void list(List<Object> items, int nesting) {
        if (items.isEmpty()) {
            add("[]");
            return;
        }
        int deeper = Budget.deeper(nesting);
        add("[");
        String between = "";
        for (Object item : items) {
            add(between);
            line(deeper);
            value(item, deeper);
            between = comma;
        }
        line(nesting);
        add("]");
    }

    private void dict(DictValue dict, int nesting) {
        if (dict.size() == 0) {
            add("{}");
            return;
        }
        int deeper = Budget.deeper(nesting);
        List<Object> entries = new ArrayList<>();
        dict.entries().forEach(entries::add);
        if (sorted) {
            entries = Comparisons.sorted(entries, dict.keys(), false, budget);
        }
        add("{");
        String between = "";
        for (Object each : entries) {
            var entry = (DictValue.Entry) each;
            add(between);
            line(deeper);
            quoted(key(entry.key()));
            add(colon);
            value(entry.value(), deeper);
            between = comma;
        }
        line(nesting);
        add("}");
    }

    private String key(Object key) {
        return switch (key) {
            case String s -> s;
            case Markup m -> m.text();
            case null -> "null";
            case Boolean b -> b.toString();
            case Double d -> number(d);
            case Long n -> n.toString();
            case BigInteger n -> Numbers.text(n, budget);
            default -> throw new Failure("tojson: " + Kinds.of(key) + " cannot be a key in JSON");
        };
    }

    private void quoted(String text) {
        budget.examine(text.length());
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                default -> {
                    if (c < ' ' || ascii && c > '~') {
                        quoted.append(String.format("\\u%04x", (int) c));
                    } else {
                        quoted.append(c);
                    }
                }
            }
        }
        add(quoted.append('"').toString());
    }
}
