package io.github.mamba4j.engine.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * A path of attributes as filters take it: {@code 'function.name'}, or a number.
 *
 * @param parts the keys, one within the other
 * @param otherwise stands for what is undefined, or null
 */
record Attributes(List<Object> parts, Object otherwise) {
    static Attributes path(Object path, Object otherwise) {
        List<Object> parts = new ArrayList<>();
        switch (path) {
            case null -> {
            }
            case String s -> split(s, parts);
            case Markup m -> split(m.text(), parts);
            default -> parts.add(path);
        }
        return new Attributes(List.copyOf(parts), otherwise);
    }

    private static void split(String path, List<Object> parts) {
        for (String part : path.split("\\.", -1)) {
            boolean number = !part.isEmpty() && part.length() < 10 && part.chars().allMatch(Chars::isDigit);
            parts.add(number ? (Object) Long.valueOf(part) : part);
        }
    }

    Object of(Object element, Run run) {
        Object value = element;
        for (Object part : parts) {
            run.budget().step();
            value = Access.item(value, part, run);
            if (otherwise != null && value instanceof Undefined) {
                value = otherwise;
            }
        }
        return value;
    }

    /** The value without regard to case, for sorting. */
    static Object key(Object value, boolean caseSensitive, Budget budget) {
        if (caseSensitive) {
            return value;
        }
        return switch (value) {
            case String s -> Texts.lower(s, budget);
            case Markup m -> Texts.lower(m.text(), budget);
            case null, default -> value;
        };
    }
}
