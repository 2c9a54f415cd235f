package io.github.mamba4j.engine.chat.jinja;

import java.util.List;

/** {@code 'text with %s' % values}. */
final class PercentFormat {
    private final String format;
    private final Object values;
    private final Budget budget;
    private final StringBuilder out = new StringBuilder();
    private int at;
    private int used;

    private PercentFormat(String format, Object values, Budget budget) {
        this.format = format;
        this.values = values;
        this.budget = budget;
    }

    static String format(String format, Object values, Budget budget) {
        return new PercentFormat(format, values, budget).run();
    }

    private String run() {
        while (at < format.length()) {
            int percent = format.indexOf('%', at);
            if (percent < 0) {
                add(format.substring(at));
                break;
            }
            add(format.substring(at, percent));
            at = percent + 1;
            conversion();
        }
        int given = values instanceof TupleValue t ? t.items().size() : 1;
        // What has elements by keys may be there for names alone.
        boolean mapping = values instanceof DictValue || values instanceof ListValue || values instanceof RangeValue
                || values instanceof Undefined;
        if (used < given && !mapping) {
            throw new Failure("'%': not all values are used by the text");
        }
        return out.toString();
    }

    private void add(String text) {
        budget.text(text.length());
        budget.length(out.length() + text.length());
        out.append(text);
    }

    private void conversion() {
        Object value = null;
        boolean found = false;
        if (charAt() == '(') {
            value = named();
            found = true;
        }
        var spec = new FormatSpec();
        for (; "#0- +".indexOf(charAt()) >= 0; at++) {
            flag(spec, charAt());
        }
        int width = number();
        if (width < 0 && charAt() == '*') {
            width = star(spec);
        }
        spec.width = Math.max(0, width);
        if (charAt() == '.') {
            at++;
            int precision = number();
            spec.precision = precision < 0 && charAt() == '*' ? Math.max(0, star(null)) : Math.max(0, precision);
        }
        while ("hlL".indexOf(charAt()) >= 0) {
            at++;
        }
        char type = charAt();
        at++;
        if (type == '%') {
            add("%");
            return;
        }
        add(converted(type, spec, found ? value : next()));
    }

    private static void flag(FormatSpec spec, char flag) {
        switch (flag) {
            case '#' -> spec.alternate = true;
            case '0' -> spec.zero = true;
            case '-' -> spec.align = '<';
            case '+' -> spec.sign = '+';
            default -> spec.sign = spec.sign == '+' ? '+' : ' ';
        }
    }

    private Object named() {
        int depth = 1;
        int end = at + 1;
        for (; end < format.length() && depth > 0; end++) {
            depth += format.charAt(end) == '(' ? 1 : format.charAt(end) == ')' ? -1 : 0;
        }
        if (depth > 0) {
            throw new Failure("'%': a name without ')'");
        }
        String name = format.substring(at + 1, end - 1);
        at = end;
        if (!(values instanceof DictValue dict)) {
            throw new Failure("'%': expected a dictionary for names, found " + Kinds.of(values));
        }
        DictValue.Entry entry = dict.get(Keys.of(name, budget));
        if (entry == null) {
            throw new Failure("'%': there is no '" + name + "' among the values");
        }
        return entry.value();
    }

    private int star(FormatSpec spec) {
        at++;
        int value = Numbers.index(next(), "'%'");
        if (spec != null && value < 0) {
            spec.align = '<';
        }
        return Math.abs(value);
    }

    private int number() {
        int from = at;
        long value = 0;
        while (Chars.isDigit(charAt())) {
            value = Math.min(Integer.MAX_VALUE, value * 10 + charAt() - '0');
            at++;
        }
        return from == at ? -1 : (int) value;
    }

    private Object next() {
        List<Object> all = values instanceof TupleValue t ? t.items() : null;
        if (all == null && used > 0 || all != null && used >= all.size()) {
            throw new Failure("'%': there are not enough values for the text");
        }
        return all == null ? valueOnce() : all.get(used++);
    }

    private Object valueOnce() {
        used++;
        return values;
    }

    private String converted(char type, FormatSpec spec, Object value) {
        if (spec.align == '<') {
            spec.zero = false;
        }
        switch (type) {
            case 's', 'r', 'a' -> {
                spec.zero = false;
                spec.align = spec.align == 0 ? '>' : spec.align;
                spec.sign = 0;
                return spec.text(type == 's' ? Printer.text(value, budget) : Printer.shown(value, budget), budget);
            }
            case 'c' -> {
                spec.zero = false;
                spec.align = spec.align == 0 ? '>' : spec.align;
                return spec.text(character(value), budget);
            }
            case 'd', 'i', 'u', 'x', 'X', 'o' -> {
                spec.type = type == 'i' || type == 'u' ? 'd' : type;
                return spec.percentInteger(integer(value, type), budget);
            }
            case 'e', 'E', 'f', 'F', 'g', 'G' -> {
                spec.type = type;
                if (!Numbers.isNumber(value)) {
                    throw new Failure("'%" + type + "': expected a number, found " + Kinds.of(value));
                }
                return spec.real(Numbers.real(value), budget);
            }
            default -> throw new Failure("'%': there is no conversion '" + type + "'");
        }
    }

    private static Object integer(Object value, char type) {
        if (value instanceof Double d && "diu".indexOf(type) >= 0) {
            return Numbers.truncated(d);
        }
        if (!Numbers.isInteger(value)) {
            throw new Failure("'%" + type + "': expected an integer, found " + Kinds.of(value));
        }
        return value;
    }

    private static String character(Object value) {
        if (value instanceof String s && Texts.length(s) == 1) {
            return s;
        }
        int code = Numbers.isInteger(value) ? Numbers.index(value, "'%c'") : -1;
        if (!Character.isValidCodePoint(code)) {
            throw new Failure("'%c': expected one character, found " + Kinds.of(value));
        }
        return Character.toString(code);
    }

    private char charAt() {
        if (at >= format.length()) {
            throw new Failure("'%': a conversion without an end");
        }
        return format.charAt(at);
    }
}
