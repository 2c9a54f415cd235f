package io.github.mamba4j.engine.chat.jinja;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Values as Python's {@code str} and {@code repr} write them. */
final class Printer {
    private final Budget budget;
    private final StringBuilder out = new StringBuilder();

    private Printer(Budget budget) {
        this.budget = budget;
    }

    /** What a value prints as. */
    static String text(Object value, Budget budget) {
        return switch (value) {
            case String s -> s;
            case Markup m -> m.text();
            case Undefined u -> "";
            case null, default -> shown(value, budget);
        };
    }

    /** What a value looks like within a list. */
    static String shown(Object value, Budget budget) {
        var printer = new Printer(budget);
        printer.value(value, 0);
        return printer.out.toString();
    }

    private void add(String text) {
        budget.text(text.length());
        budget.length(out.length() + text.length());
        out.append(text);
    }

    private void value(Object value, int nesting) {
        budget.step();
        switch (value) {
            case null -> add("None");
            case Boolean b -> add(b ? "True" : "False");
            case Long n -> add(Long.toString(n));
            case BigInteger n -> add(Numbers.text(n, budget));
            case Double d -> add(Numbers.text(d));
            case String s -> quoted(s);
            case Markup m -> {
                add("Markup(");
                quoted(m.text());
                add(")");
            }
            case Undefined u -> add("Undefined");
            case ListValue l -> elements("[", l.items(), "]", nesting);
            case TupleValue t -> elements("(", t.items(), t.items().size() == 1 ? ",)" : ")", nesting);
            case DictValue d -> dict(d, nesting);
            case ViewValue v -> elements(v.kind().shown() + "([", v.items(), "])", nesting);
            case RangeValue r -> add("range(" + r.start() + ", " + r.stop()
                    + (r.step() == 1 ? "" : ", " + r.step()) + ")");
            case NamespaceValue n -> {
                add("<Namespace ");
                dict(fields(n), nesting);
                add(">");
            }
            case Callable.Macro m -> {
                add("<Macro ");
                quoted(m.name());
                add(">");
            }
            case LoopValue l -> add("<LoopContext " + l.index() + "/" + l.length() + ">");
            default -> throw new Failure(Kinds.of(value) + " cannot be printed");
        }
    }

    private DictValue fields(NamespaceValue namespace) {
        DictValue dict = new DictValue();
        for (Map.Entry<String, Object> field : namespace.fields().entrySet()) {
            dict.put(field.getKey(), field.getValue(), budget);
        }
        return dict;
    }

    private void elements(String open, List<Object> items, String close, int nesting) {
        int deeper = Budget.deeper(nesting);
        add(open);
        for (Iterator<Object> each = items.iterator(); each.hasNext();) {
            value(each.next(), deeper);
            if (each.hasNext()) {
                add(", ");
            }
        }
        add(close);
    }

    private void dict(DictValue dict, int nesting) {
        int deeper = Budget.deeper(nesting);
        add("{");
        String comma = "";
        for (DictValue.Entry entry : dict.entries()) {
            add(comma);
            value(entry.key(), deeper);
            add(": ");
            value(entry.value(), deeper);
            comma = ", ";
        }
        add("}");
    }

    /** In single quotes, unless there are such in it and no double ones. */
    private void quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        budget.examine(text.length());
        StringBuilder quoted = new StringBuilder(text.length() + 2).append(quote);
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (c == quote) {
                        quoted.append('\\').append(quote);
                    } else if (Chars.isPrintable(c)) {
                        quoted.appendCodePoint(c);
                    } else {
                        quoted.append(c < 0x100
                                ? String.format("\\x%02x", c)
                                : c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c));
                    }
                }
            }
        }
        add(quoted.append(quote).toString());
    }
}
