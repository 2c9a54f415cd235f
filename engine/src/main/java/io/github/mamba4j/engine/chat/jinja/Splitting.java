package io.github.mamba4j.engine.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/** Cutting texts into parts. */
final class Splitting {
    private Splitting() {}

    static Object call(String text, String name, Arguments arguments, Budget budget) {
        return switch (name) {
            case "splitlines" -> lines(text, arguments.bind(name, "keepends?").isTrue(0, false), budget);
            case "partition", "rpartition" -> partition(text, name, arguments.bind(name, "sep").text(0), budget);
            default -> {
                Arguments.Bound args = arguments.bind(name, "sep?", "maxsplit?");
                int most = args.integer(1, -1);
                boolean fromEnd = name.startsWith("r");
                String separator = args.text(0, null);
                if (separator == null) {
                    yield new ListValue(fromEnd ? wordsFromEnd(text, most, budget) : words(text, most, budget));
                }
                if (separator.isEmpty()) {
                    throw new Failure(name + ": expected a separator, found an empty one");
                }
                yield new ListValue(fromEnd
                        ? fromEnd(text, separator, most, budget)
                        : fromStart(text, separator, most, budget));
            }
        };
    }

    private static void add(List<Object> parts, String part, Budget budget) {
        budget.text(part.length() + 16L);
        parts.add(part);
        budget.grown(parts.size());
    }

    private static List<Object> fromStart(String text, String separator, int most, Budget budget) {
        List<Object> parts = new ArrayList<>();
        Finder finder = new Finder(separator, budget);
        int from = 0;
        for (int at = finder.in(text, 0); at >= 0 && (most < 0 || parts.size() < most); at = finder.in(text, from)) {
            add(parts, text.substring(from, at), budget);
            from = at + separator.length();
        }
        add(parts, text.substring(from), budget);
        budget.elements(parts.size());
        return parts;
    }

    private static List<Object> fromEnd(String text, String separator, int most, Budget budget) {
        if (most < 0) {
            most = Integer.MAX_VALUE;
        }
        // Turned around the text is cut from its start, so that long separators cost no more.
        String reversed = new StringBuilder(text).reverse().toString();
        String end = new StringBuilder(separator).reverse().toString();
        budget.text(2L * (text.length() + separator.length()));
        List<Object> parts = new ArrayList<>();
        for (Object part : fromStart(reversed, end, most, budget).reversed()) {
            add(parts, new StringBuilder((String) part).reverse().toString(), budget);
        }
        return parts;
    }

    private static List<Object> words(String text, int most, Budget budget) {
        List<Object> parts = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < text.length() && Chars.isSpace(text.charAt(at))) {
                at++;
            }
            if (at >= text.length()) {
                break;
            }
            if (most >= 0 && parts.size() >= most) {
                add(parts, text.substring(at), budget);
                break;
            }
            int end = at;
            while (end < text.length() && !Chars.isSpace(text.charAt(end))) {
                end++;
            }
            add(parts, text.substring(at, end), budget);
            at = end;
        }
        budget.elements(parts.size());
        return parts;
    }

    private static List<Object> wordsFromEnd(String text, int most, Budget budget) {
        String reversed = new StringBuilder(text).reverse().toString();
        budget.text(2L * text.length());
        List<Object> parts = new ArrayList<>();
        for (Object part : words(reversed, most, budget).reversed()) {
            add(parts, new StringBuilder((String) part).reverse().toString(), budget);
        }
        return parts;
    }

    private static ListValue lines(String text, boolean keepEnds, Budget budget) {
        List<Object> lines = lines(text, keepEnds);
        budget.text(text.length());
        budget.elements(lines.size());
        return new ListValue(lines);
    }

    /** The lines of a text; a line end at its end begins no further one. */
    static List<Object> lines(String text, boolean keepEnds) {
        List<Object> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (Chars.isLineEnd(text.charAt(i))) {
                boolean two = text.charAt(i) == '\r' && text.startsWith("\n", i + 1);
                int next = two ? i + 2 : i + 1;
                lines.add(text.substring(from, keepEnds ? next : i));
                from = next;
                i = next - 1;
            }
        }
        if (from < text.length()) {
            lines.add(text.substring(from));
        }
        return lines;
    }

    private static TupleValue partition(String text, String name, String separator, Budget budget) {
        if (separator.isEmpty()) {
            throw new Failure(name + ": expected a separator, found an empty one");
        }
        boolean fromEnd = name.startsWith("r");
        int at = fromEnd
                ? Finder.last(text, separator, text.length(), budget)
                : new Finder(separator, budget).in(text, 0);
        if (at < 0) {
            return new TupleValue(fromEnd ? List.of("", "", text) : List.of(text, "", ""));
        }
        budget.text(text.length());
        return new TupleValue(List.of(text.substring(0, at), separator, text.substring(at + separator.length())));
    }
}
