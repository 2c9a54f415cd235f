package io.github.mamba4j.engine.chat.jinja;

/** {@code 'text with {} and {name}'.format(values)}. */
final class BraceFormat {
    private static final int MAX_NESTED = 2;

    private final Arguments values;
    private final Run run;
    private int next;
    private boolean numbered;

    private BraceFormat(Arguments values, Run run) {
        this.values = values;
        this.run = run;
    }

    static String format(String format, Arguments values, Run run) {
        return new BraceFormat(values, run).format(format, MAX_NESTED);
    }

    private String format(String format, int depth) {
        if (depth == 0) {
            throw new Failure("format: fields are nested too deeply");
        }
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < format.length();) {
            char c = format.charAt(at);
            boolean doubled = at + 1 < format.length() && format.charAt(at + 1) == c;
            if ((c == '{' || c == '}') && doubled && depth == MAX_NESTED) {
                out.append(c);
                at += 2;
            } else if (c == '{') {
                int end = end(format, at + 1);
                String field = field(format.substring(at + 1, end), depth);
                run.budget().text(field.length());
                run.budget().length(out.length() + field.length());
                out.append(field);
                at = end + 1;
            } else if (c == '}') {
                throw new Failure("format: a '}' without its '{'");
            } else {
                out.append(c);
                at++;
            }
        }
        run.budget().text(out.length());
        return out.toString();
    }

    private static int end(String format, int from) {
        int depth = 1;
        boolean inIndex = false;
        for (int i = from; i < format.length(); i++) {
            char c = format.charAt(i);
            inIndex = c == '[' || inIndex && c != ']';
            depth += inIndex ? 0 : c == '{' ? 1 : c == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw new Failure("format: a '{' without its '}'");
    }

    private String field(String field, int depth) {
        int index = 0;
        boolean inIndex = false;
        while (index < field.length() && (inIndex || field.charAt(index) != '!' && field.charAt(index) != ':')) {
            inIndex = field.charAt(index) == '[' || inIndex && field.charAt(index) != ']';
            index++;
        }
        Object value = lookup(field.substring(0, index));
        if (index < field.length() && field.charAt(index) == '!') {
            if (index + 1 >= field.length()
                    || index + 2 < field.length() && field.charAt(index + 2) != ':') {
                throw new Failure("format: '!' needs one letter after it");
            }
            value = switch (field.charAt(index + 1)) {
                case 's' -> Printer.text(value, run.budget());
                case 'r', 'a' -> Printer.shown(value, run.budget());
                default -> throw new Failure("format: there is no conversion '!" + field.charAt(index + 1) + "'");
            };
            index += 2;
        }
        String spec = index < field.length() ? field.substring(index + 1) : "";
        String plain = spec.indexOf('{') >= 0 ? format(spec, depth - 1) : spec;
        return FormatSpec.parse(plain).format(value, plain, run.budget());
    }

    private Object lookup(String path) {
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        Object value = first(path.substring(0, end));
        while (end < path.length()) {
            if (path.charAt(end) == '.') {
                int stop = end + 1;
                while (stop < path.length() && path.charAt(stop) != '.' && path.charAt(stop) != '[') {
                    stop++;
                }
                value = Access.attribute(value, path.substring(end + 1, stop), run);
                end = stop;
            } else {
                int stop = path.indexOf(']', end);
                if (path.charAt(end) != '[' || stop < 0) {
                    throw new Failure("format: the field '" + path + "' is not understood");
                }
                String key = path.substring(end + 1, stop);
                boolean number = !key.isEmpty() && key.length() < 10 && key.chars().allMatch(Chars::isDigit);
                value = Access.item(value, number ? (Object) Long.valueOf(key) : key, run);
                end = stop + 1;
            }
        }
        return value;
    }

    private Object first(String name) {
        boolean number = !name.isEmpty() && name.length() < 10 && name.chars().allMatch(Chars::isDigit);
        if (name.isEmpty() || number) {
            if (name.isEmpty() && numbered || number && next > 0) {
                throw new Failure("format: fields with numbers and without are mixed");
            }
            numbered |= number;
            int index = number ? Integer.parseInt(name) : next++;
            if (index >= values.positional().size()) {
                throw new Failure("format: there is no value for field " + index);
            }
            return values.positional().get(index);
        }
        if (!values.named().containsKey(name)) {
            throw new Failure("format: there is no value named '" + name + "'");
        }
        return values.named().get(name);
    }
}
