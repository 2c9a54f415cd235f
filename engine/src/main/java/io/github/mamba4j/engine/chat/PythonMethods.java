package io.github.mamba4j.engine.chat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/** The methods of Python's strings and dictionaries that chat templates call. */
final class PythonMethods {
    private PythonMethods() {}

    /** Calls a method of a string; no result is longer than {@code maxLength}. */
    static Object call(String text, String method, Object[] args, int maxLength) {
        return switch (method) {
            case "strip", "trim" -> strip(text, args, true, true);
            case "lstrip" -> strip(text, args, true, false);
            case "rstrip" -> strip(text, args, false, true);
            case "startswith" -> text.startsWith(argument(method, args, 0));
            case "endswith" -> text.endsWith(argument(method, args, 0));
            case "split" -> split(text, args);
            case "replace" -> replace(text, argument(method, args, 0), argument(method, args, 1), maxLength);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> text.isEmpty()
                    ? text
                    : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1).toLowerCase(Locale.ROOT);
            case "find" -> (long) text.indexOf(argument(method, args, 0));
            case "rfind" -> (long) text.lastIndexOf(argument(method, args, 0));
            case "count" -> (long) split(text, argument(method, args, 0), Integer.MAX_VALUE).size() - 1;
            case "splitlines" -> text.lines().toList();
            default ->
                throw new ChatTemplateException("the method " + method + " of a text is not offered to templates");
        };
    }

    /** Calls a method of a dictionary. */
    static Object call(Map<?, ?> map, String method, Object[] args) {
        return switch (method) {
            case "get" -> {
                Object value = map.get(argument(method, args, 0));
                yield value == null && args.length > 1 ? args[1] : value;
            }
            case "keys" -> new ArrayList<Object>(map.keySet());
            case "values" -> new ArrayList<Object>(map.values());
            case "items" -> {
                List<List<Object>> items = new ArrayList<>();
                map.forEach((key, value) -> items.add(Arrays.asList(key, value)));
                yield items;
            }
            default -> throw new ChatTemplateException(
                    "the method " + method + " of a dictionary is not offered to templates");
        };
    }

    private static String argument(String method, Object[] args, int index) {
        if (args.length <= index || args[index] == null) {
            throw new ChatTemplateException(method + ": expected " + (index + 1) + " or more arguments, found "
                    + args.length);
        }
        return args[index].toString();
    }

    /** Without the given characters, or white space, at the ends. */
    private static String strip(String text, Object[] args, boolean left, boolean right) {
        String set = args.length == 0 || args[0] == null ? null : args[0].toString();
        IntPredicate drops = c -> set == null ? Character.isWhitespace(c) || c == 0xA0 : set.indexOf(c) >= 0;
        int from = 0;
        int to = text.length();
        while (left && from < to && drops.test(text.charAt(from))) {
            from++;
        }
        while (right && from < to && drops.test(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private static List<String> split(String text, Object[] args) {
        if (args.length == 0 || args[0] == null) {
            String stripped = text.strip();
            return stripped.isEmpty() ? List.of() : List.of(stripped.split("\\s+"));
        }
        int most = args.length > 1 && args[1] instanceof Number n && n.intValue() >= 0
                ? n.intValue()
                : Integer.MAX_VALUE;
        return split(text, args[0].toString(), most);
    }

    private static List<String> split(String text, String separator, int most) {
        if (separator.isEmpty()) {
            throw new ChatTemplateException("split: expected a separator, found an empty one");
        }
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0 && parts.size() < most; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    /** Replaces all occurrences, unless the result would be too long. */
    static String replace(String text, String from, String to, int maxLength) {
        long found = from.isEmpty() ? text.length() + 1L : split(text, from, Integer.MAX_VALUE).size() - 1L;
        if (text.length() + found * ((long) to.length() - from.length()) > maxLength) {
            throw new ChatTemplateException("replace: the result has more than " + maxLength + " characters");
        }
        return text.replace(from, to);
    }
}
