package io.github.mamba4j.engine.chat.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a call passes.
 *
 * @param positional by place
 * @param named by name
 */
record Arguments(List<Object> positional, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** In the place of what was not passed. */
    private static final Object ABSENT = new Object();

    static Arguments of(Object... positional) {
        return new Arguments(java.util.Arrays.asList(positional), Map.of());
    }

    /**
     * Assigns arguments to parameters.
     *
     * @param callee what is called, for messages
     * @param parameters names; optional ones end with {@code ?}
     * @return a value for each
     * @throws Failure if one is missing, unknown or given twice
     */
    Bound bind(String callee, String... parameters) {
        if (positional.size() > parameters.length) {
            throw new Failure(callee + ": expected at most " + parameters.length + " arguments, found "
                    + positional.size());
        }
        Map<String, Object> left = new LinkedHashMap<>(named);
        Object[] values = new Object[parameters.length];
        for (int i = 0; i < values.length; i++) {
            boolean optional = parameters[i].endsWith("?");
            String name = optional ? parameters[i].substring(0, parameters[i].length() - 1) : parameters[i];
            boolean isNamed = left.containsKey(name);
            Object value = left.remove(name);
            if (i < positional.size()) {
                if (isNamed) {
                    throw new Failure(callee + ": the argument '" + name + "' is given twice");
                }
                values[i] = positional.get(i);
            } else if (isNamed) {
                values[i] = value;
            } else if (optional) {
                values[i] = ABSENT;
            } else {
                throw new Failure(callee + ": the argument '" + name + "' is missing");
            }
        }
        if (!left.isEmpty()) {
            throw new Failure(callee + ": there is no argument '" + left.keySet().iterator().next() + "'");
        }
        return new Bound(callee, values);
    }

    /** The arguments without the first of them. */
    Arguments rest() {
        return new Arguments(positional.subList(Math.min(1, positional.size()), positional.size()), named);
    }

    /** Values of parameters. */
    record Bound(String callee, Object[] values) {
        Object get(int index) {
            return values[index];
        }

        boolean has(int index) {
            return values[index] != ABSENT;
        }

        Object get(int index, Object otherwise) {
            return has(index) ? values[index] : otherwise;
        }

        /** A text. */
        String text(int index) {
            return switch (values[index]) {
                case String s -> s;
                case Markup m -> m.text();
                case Undefined u -> throw u.failure();
                case null, default -> throw new Failure(callee + ": expected a text, found " + Kinds.of(values[index]));
            };
        }

        /** A text; none is as good as nothing. */
        String text(int index, String otherwise) {
            return has(index) && values[index] != null ? text(index) : otherwise;
        }

        /** An integer that fits an int; larger ones are as far as it goes. */
        int integer(int index) {
            return Numbers.index(values[index], callee);
        }

        /** An integer; none is as good as nothing. */
        int integer(int index, int otherwise) {
            return has(index) && values[index] != null ? integer(index) : otherwise;
        }

        /** Whether it is true. */
        boolean isTrue(int index, boolean otherwise) {
            return has(index) ? Truth.of(values[index]) : otherwise;
        }
    }
}
