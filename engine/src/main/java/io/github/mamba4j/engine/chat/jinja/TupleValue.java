package io.github.mamba4j.engine.chat.jinja;

import java.util.List;

/**
 * A tuple.
 *
 * @param items its elements
 * @param names attributes that are elements too, or none
 */
record TupleValue(List<Object> items, List<String> names) {
    TupleValue(List<Object> items) {
        this(items, List.of());
    }

    static TupleValue pair(Object first, Object second) {
        return new TupleValue(java.util.Arrays.asList(first, second));
    }
}
