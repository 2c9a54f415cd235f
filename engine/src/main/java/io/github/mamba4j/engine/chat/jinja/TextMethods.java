package io.github.mamba4j.engine.chat.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/** The methods of Python's texts. Places and lengths are those of code points. */
final class TextMethods {
    private static final Set<String> NAMES = Set.of("capitalize", "casefold", "center", "count", "encode", "endswith",
            "expandtabs", "find", "format", "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal",
            "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace", "istitle", "isupper", "join",
            "ljust", "lower", "lstrip", "maketrans", "partition", "removeprefix", "removesuffix", "replace", "rfind",
            "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip",
            "swapcase", "title", "translate", "upper", "zfill");

    private TextMethods() {}

    /** Whether Python's texts have a method. */
    static boolean has(String name) {
        return NAMES.contains(name);
    }

    /** Calls a method of a text that counts as escaped: arguments are escaped, and results count as escaped too. */
    static Object callMarkup(Markup text, String name, Arguments arguments, Run run) {
        List<Object> escaped = new ArrayList<>();
        for (Object argument : arguments.positional()) {
            escaped.add(argument instanceof String s && (name.equals("replace") && !escaped.isEmpty()
                    || name.equals("format")) ? Markup.escape(s, s, run.budget()) : argument);
        }
        if (name.equals("join") || name.equals("format") || name.equals("format_map")) {
            throw new Failure("the method '" + name + "' of a text that 'safe' or 'escape' has made is not offered");
        }
        return marked(call(text.text(), name, new Arguments(escaped, arguments.named()), run));
    }

    private static Object marked(Object result) {
        return switch (result) {
            case String s -> new Markup(s);
            case ListValue l -> new ListValue(l.items().stream().map(TextMethods::marked).toList());
            case TupleValue t -> new TupleValue(t.items().stream().map(TextMethods::marked).toList());
            default -> result;
        };
    }

    static Object call(String text, String name, Arguments arguments, Run run) {
        Budget budget = run.budget();
        budget.scan(text.length());
        if (name.startsWith("is")) {
            arguments.bind(name);
            budget.examine(text.length());
            return TextTests.call(text, name);
        }
        return switch (name) {
            case "strip" -> strip(text, arguments.bind(name, "chars?"), true, true, budget);
            case "lstrip" -> strip(text, arguments.bind(name, "chars?"), true, false, budget);
            case "rstrip" -> strip(text, arguments.bind(name, "chars?"), false, true, budget);
            case "split", "rsplit", "splitlines", "partition", "rpartition" ->
                Splitting.call(text, name, arguments, budget);
            case "startswith", "endswith" ->
                affix(text, arguments.bind(name, "affix", "start?", "end?"), name.equals("startswith"), budget);
            case "removeprefix" -> {
                String prefix = arguments.bind(name, "prefix").text(0);
                yield text.startsWith(prefix) ? text.substring(prefix.length()) : text;
            }
            case "removesuffix" -> {
                String suffix = arguments.bind(name, "suffix").text(0);
                yield text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
            }
            case "replace" -> {
                Arguments.Bound args = arguments.bind(name, "old", "new", "count?");
                yield replace(text, args.text(0), args.text(1), args.integer(2, -1), budget);
            }
            case "find", "rfind", "index", "rindex", "count" ->
                find(text, name, arguments.bind(name, "sub", "start?", "end?"), budget);
            case "join" -> join(text, Sequences.iterator(arguments.bind(name, "iterable").get(0), budget), budget);
            case "format" -> BraceFormat.format(text, arguments, run);
            case "format_map" -> BraceFormat.format(text,
                    new Arguments(List.of(), Access.keywords(arguments.bind(name, "mapping").get(0), run)), run);
            default -> changed(text, name, arguments, budget);
        };
    }

    private static String changed(String text, String name, Arguments arguments, Budget budget) {
        return switch (name) {
            case "upper" -> {
                arguments.bind(name);
                yield Texts.upper(text, budget);
            }
            case "lower" -> {
                arguments.bind(name);
                yield Texts.lower(text, budget);
            }
            case "capitalize" -> {
                arguments.bind(name);
                yield Texts.capitalized(text, budget);
            }
            case "title" -> {
                arguments.bind(name);
                yield TextTests.title(text, budget);
            }
            case "swapcase" -> {
                arguments.bind(name);
                yield TextTests.swapped(text, budget);
            }
            case "casefold" -> {
                arguments.bind(name);
                yield TextTests.folded(text, budget);
            }
            case "center", "ljust", "rjust" ->
                justified(text, name, arguments.bind(name, "width", "fillchar?"), budget);
            case "zfill" -> zeros(text, arguments.bind(name, "width").integer(0), budget);
            case "expandtabs" -> tabs(text, arguments.bind(name, "tabsize?").integer(0, 8), budget);
            default -> throw new Failure("the method '" + name + "' of a text is not offered to templates");
        };
    }

    private static String strip(String text, Arguments.Bound args, boolean left, boolean right, Budget budget) {
        return strip(text, args.text(0, null), left, right, budget);
    }

    /** Without the given characters, or white space, at the ends. */
    static String strip(String text, String chars, boolean left, boolean right, Budget budget) {
        budget.work(chars == null ? 0 : 8L * chars.length());
        Set<Integer> set = chars == null ? null : new java.util.HashSet<>(chars.codePoints().boxed().toList());
        int from = 0;
        int to = text.length();
        while (left && from < to && drops(text.codePointAt(from), set)) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (right && to > from && drops(text.codePointBefore(to), set)) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        budget.examine(text.length() - (long) (to - from));
        budget.text(to - from);
        return text.substring(from, to);
    }

    private static boolean drops(int c, Set<Integer> set) {
        return set == null ? Chars.isSpace(c) : set.contains(c);
    }

    /** The part of a text that bounds given as arguments 1 and 2 say, as two places in chars; null if it is empty and beyond. */
    private static int[] range(String text, Arguments.Bound args, Budget budget) {
        int size = Texts.length(text);
        int from = args.integer(1, 0);
        int to = args.integer(2, size);
        from = from < 0 ? Math.max(0, from + size) : from;
        to = Math.min(size, to < 0 ? Math.max(0, to + size) : to);
        return from > to
                ? null
                : new int[]{Texts.offset(text, from, budget), Texts.offset(text, to, budget)};
    }

    private static boolean affix(String text, Arguments.Bound args, boolean atStart, Budget budget) {
        int[] range = range(text, args, budget);
        List<Object> affixes = args.get(0) instanceof TupleValue t ? t.items() : java.util.Arrays.asList(args.get(0));
        for (Object affix : affixes) {
            String wanted = Arguments.of(affix).bind(atStart ? "startswith" : "endswith", "affix").text(0);
            budget.scan(wanted.length() + 8L);
            if (range != null && range[1] - range[0] >= wanted.length()
                    && text.startsWith(wanted, atStart ? range[0] : range[1] - wanted.length())) {
                return true;
            }
        }
        return false;
    }

    private static Object find(String text, String name, Arguments.Bound args, Budget budget) {
        String wanted = args.text(0);
        int[] range = range(text, args, budget);
        if (name.equals("count")) {
            return range == null ? 0L : count(text.substring(range[0], range[1]), wanted, budget);
        }
        long found = -1;
        if (range != null) {
            String part = text.substring(0, range[1]);
            int at = name.startsWith("r")
                    ? Finder.last(part, wanted, part.length(), budget)
                    : new Finder(wanted, budget).in(part, range[0]);
            found = at < range[0] ? -1 : text.codePointCount(0, at);
        }
        if (found < 0 && name.endsWith("index")) {
            throw new Failure(name + ": the text does not occur");
        }
        return found;
    }

    private static long count(String text, String wanted, Budget budget) {
        if (wanted.isEmpty()) {
            return Texts.length(text) + 1L;
        }
        Finder finder = new Finder(wanted, budget);
        long count = 0;
        for (int at = finder.in(text, 0); at >= 0; at = finder.in(text, at + wanted.length())) {
            count++;
        }
        return count;
    }

    /** Replaces at most so many occurrences; all if the number is negative. */
    static String replace(String text, String old, String made, int most, Budget budget) {
        StringBuilder out = new StringBuilder();
        int from = 0;
        Finder finder = old.isEmpty() ? null : new Finder(old, budget);
        for (int n = 0; most < 0 || n < most; n++) {
            int at = finder == null ? n == 0 ? 0 : next(text, from) : finder.in(text, from);
            if (at < 0) {
                break;
            }
            budget.length(out.length() + (at - from) + (long) made.length());
            budget.text(at - from + (long) made.length());
            out.append(text, from, at).append(made);
            from = at + old.length();
        }
        budget.length(out.length() + (long) text.length() - from);
        budget.text(text.length() - from);
        return out.append(text, from, text.length()).toString();
    }

    private static int next(String text, int from) {
        return from >= text.length() ? -1 : from + Character.charCount(text.codePointAt(from));
    }

    /** The elements with a text between them. */
    private static String join(String separator, Iterator<Object> elements, Budget budget) {
        StringBuilder out = new StringBuilder();
        boolean first = true;
        while (elements.hasNext()) {
            String element = Arguments.of(elements.next()).bind("join", "element").text(0);
            append(out, first ? "" : separator, budget);
            append(out, element, budget);
            first = false;
        }
        return out.toString();
    }

    /** Appends within the budget. */
    static void append(StringBuilder out, String text, Budget budget) {
        budget.length((long) out.length() + text.length());
        budget.text(text.length());
        out.append(text);
    }

    private static String justified(String text, String name, Arguments.Bound args, Budget budget) {
        String fill = args.text(1, " ");
        if (Texts.length(fill) != 1) {
            throw new Failure(name + ": expected one character to fill with");
        }
        int width = args.integer(0);
        int missing = Math.max(0, width - Texts.length(text));
        budget.text(text.length() + (long) missing * fill.length());
        // Python's halves: the left one is the larger if the whole is odd and the width too.
        int left = switch (name) {
            case "ljust" -> 0;
            case "rjust" -> missing;
            default -> missing / 2 + (missing & width & 1);
        };
        return fill.repeat(left) + text + fill.repeat(missing - left);
    }

    private static String zeros(String text, int width, Budget budget) {
        int missing = Math.max(0, width - Texts.length(text));
        budget.text(text.length() + (long) missing);
        int sign = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        return text.substring(0, sign) + "0".repeat(missing) + text.substring(sign);
    }

    private static String tabs(String text, int size, Budget budget) {
        StringBuilder out = new StringBuilder();
        int column = 0;
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (c == '\t') {
                int width = size > 0 ? size - column % size : 0;
                append(out, Texts.repeated(" ", width, budget), budget);
                column += width;
            } else {
                budget.text(2);
                out.appendCodePoint(c);
                column = c == '\n' || c == '\r' ? 0 : column + 1;
            }
        }
        budget.length(out.length());
        return out.toString();
    }
}
