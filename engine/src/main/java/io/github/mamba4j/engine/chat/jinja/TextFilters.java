package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Filters.Filter;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Filters that make texts. */
final class TextFilters {
    private static final String UNESCAPED = "_.-~/";

    private TextFilters() {}

    static void addTo(Map<String, Filter> all) {
        all.put("string", (v, a, run) -> {
            a.bind("string");
            return v instanceof Markup ? v : Printer.text(v, run.budget());
        });
        all.put("upper", (v, a, run) -> {
            a.bind("upper");
            return like(v, Texts.upper(Printer.text(v, run.budget()), run.budget()));
        });
        all.put("lower", (v, a, run) -> {
            a.bind("lower");
            return like(v, Texts.lower(Printer.text(v, run.budget()), run.budget()));
        });
        all.put("capitalize", (v, a, run) -> {
            a.bind("capitalize");
            return like(v, Texts.capitalized(Printer.text(v, run.budget()), run.budget()));
        });
        all.put("title", (v, a, run) -> {
            a.bind("title");
            return title(Printer.text(v, run.budget()), run.budget());
        });
        all.put("trim", (v, a, run) -> like(v, trim(Printer.text(v, run.budget()), a.bind("trim", "chars?"), run)));
        all.put("replace", TextFilters::replace);
        all.put("join", TextFilters::join);
        all.put("indent", TextFilters::indent);
        all.put("truncate", TextFilters::truncate);
        all.put("center", (v, a, run) -> {
            long width = a.bind("center", "width?").integer(0, 80);
            return like(v,
                    (String) TextMethods.call(Printer.text(v, run.budget()), "center", Arguments.of(width), run));
        });
        all.put("format", (v, a, run) -> v instanceof Markup
                ? Operators.binary("%", v, v, run.budget())
                : format(Printer.text(v, run.budget()), a, run));
        all.put("safe", (v, a, run) -> {
            a.bind("safe");
            return v instanceof Markup ? v : new Markup(Printer.text(v, run.budget()));
        });
        Filter escape = (v, a, run) -> {
            a.bind("escape");
            return Markup.escape(v, Printer.text(v, run.budget()), run.budget());
        };
        all.put("e", escape);
        all.put("escape", escape);
        all.put("forceescape", (v, a, run) -> {
            a.bind("forceescape");
            String text = Printer.text(v, run.budget());
            return Markup.escape(text, text, run.budget());
        });
        all.put("wordcount", (v, a, run) -> {
            a.bind("wordcount");
            return words(Printer.text(v, run.budget()), run.budget());
        });
        all.put("urlencode", TextFilters::urlEncode);
    }

    /** A text that counts as escaped stays one. */
    private static Object like(Object value, String text) {
        return value instanceof Markup ? new Markup(text) : text;
    }

    private static String trim(String text, Arguments.Bound args, Run run) {
        return TextMethods.strip(text, args.text(0, null), true, true, run.budget());
    }

    /** Words begin after white space, a hyphen or an opening bracket. */
    private static String title(String text, Budget budget) {
        budget.text(4L * text.length());
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length();) {
            int end = i;
            boolean breaks = breaks(text.charAt(i));
            while (end < text.length() && breaks(text.charAt(end)) == breaks) {
                end++;
            }
            String run = text.substring(i, end);
            int first = Character.charCount(run.codePointAt(0));
            out.append(run.substring(0, first).toUpperCase(java.util.Locale.ROOT))
                    .append(run.substring(first).toLowerCase(java.util.Locale.ROOT));
            i = end;
        }
        return out.toString();
    }

    private static boolean breaks(char c) {
        return Chars.isSpace(c) || "-({[<".indexOf(c) >= 0;
    }

    private static Object replace(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("replace", "old", "new", "count?");
        Budget budget = run.budget();
        return TextMethods.replace(Printer.text(value, budget), Printer.text(args.get(0), budget),
                Printer.text(args.get(1), budget), args.integer(2, -1), budget);
    }

    private static Object join(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("join", "d?", "attribute?");
        String separator = Printer.text(args.get(0, ""), run.budget());
        StringBuilder out = new StringBuilder();
        boolean first = true;
        Attributes path = args.get(1, null) == null ? null : Attributes.path(args.get(1), null);
        for (Iterator<Object> each = Sequences.iterator(value, run.budget()); each.hasNext();) {
            Object element = each.next();
            TextMethods.append(out, first ? "" : separator, run.budget());
            TextMethods.append(out, Printer.text(path == null ? element : path.of(element, run), run.budget()),
                    run.budget());
            first = false;
        }
        return out.toString();
    }

    private static Object indent(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("indent", "width?", "first?", "blank?");
        Budget budget = run.budget();
        Object width = args.get(0, 4L);
        String by = Numbers.isInteger(width)
                ? Texts.repeated(" ", Math.max(0, Numbers.index(width, "indent")), budget)
                : args.text(0);
        if (!(value instanceof String || value instanceof Markup)) {
            throw value instanceof Undefined u
                    ? u.failure()
                    : new Failure("indent: expected a text, found " + Kinds.of(value));
        }
        budget.examine(Printer.text(value, budget).length());
        List<Object> lines = Splitting.lines(Printer.text(value, budget) + "\n", false);
        budget.elements(lines.size());
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            String line = (String) lines.get(i);
            boolean indented = i == 0 ? args.isTrue(1, false) : args.isTrue(2, false) || !line.isEmpty();
            TextMethods.append(out, i == 0 ? "" : "\n", budget);
            TextMethods.append(out, indented ? by : "", budget);
            TextMethods.append(out, line, budget);
        }
        return like(value, out.toString());
    }

    private static Object truncate(Object value, Arguments arguments, Run run) {
        Arguments.Bound args = arguments.bind("truncate", "length?", "killwords?", "end?", "leeway?");
        Budget budget = run.budget();
        String text = Printer.text(value, budget);
        int length = args.integer(0, 255);
        String end = args.text(2, "...");
        int leeway = args.integer(3, 5);
        int kept = length - Texts.length(end);
        if (kept < 0 || leeway < 0) {
            throw new Failure("truncate: expected a length of at least " + Texts.length(end) + ", found " + length);
        }
        int size = Sequences.size(value, budget);
        if (size < 0) {
            throw new Failure("truncate: expected a text, found " + Kinds.of(value));
        }
        if (size <= (long) length + leeway) {
            return value;
        }
        String cut = text.substring(0, Texts.offset(text, kept, budget));
        int space = args.isTrue(1, false) ? -1 : cut.lastIndexOf(' ');
        budget.text((long) cut.length() + end.length());
        return (space < 0 ? cut : cut.substring(0, space)) + end;
    }

    private static Object format(String text, Arguments arguments, Run run) {
        if (!arguments.named().isEmpty() && !arguments.positional().isEmpty()) {
            throw new Failure("format: expected arguments with names or without, found both");
        }
        Object values = arguments.named().isEmpty()
                ? new TupleValue(arguments.positional())
                : Globals.dict(arguments, run);
        return PercentFormat.format(text, values, run.budget());
    }

    private static long words(String text, Budget budget) {
        budget.examine(2L * text.length());
        long words = 0;
        boolean inWord = false;
        for (int c : text.codePoints().toArray()) {
            boolean isWord = c == '_' || Character.isLetter(c) || Chars.isNumeric(c);
            words += isWord && !inWord ? 1 : 0;
            inWord = isWord;
        }
        return words;
    }

    private static Object urlEncode(Object value, Arguments arguments, Run run) {
        arguments.bind("urlencode");
        Budget budget = run.budget();
        boolean pairs = value instanceof DictValue || value instanceof ListValue || value instanceof TupleValue;
        if (!pairs) {
            return urlEncoded(Printer.text(value, budget), true, budget);
        }
        StringBuilder out = new StringBuilder();
        Object items = value instanceof DictValue d ? new ListValue(d.items()) : value;
        for (Iterator<Object> each = Sequences.iterator(items, budget); each.hasNext();) {
            List<Object> pair = Sequences.list(each.next(), budget);
            if (pair.size() != 2) {
                throw new Failure("urlencode: expected pairs, found " + pair.size() + " elements");
            }
            TextMethods.append(out, out.isEmpty() ? "" : "&", budget);
            TextMethods.append(out, urlEncoded(Printer.text(pair.get(0), budget), false, budget) + "="
                    + urlEncoded(Printer.text(pair.get(1), budget), false, budget), budget);
        }
        return out.toString();
    }

    private static String urlEncoded(String text, boolean isPath, Budget budget) {
        budget.text(3L * text.length());
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain = b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
                    || b > 0 && UNESCAPED.indexOf(b) >= 0 && (isPath || b != '/');
            if (plain) {
                out.append((char) b);
            } else {
                out.append(b == ' ' && !isPath ? "+" : String.format("%%%02X", b & 0xff));
            }
        }
        return out.toString();
    }
}
