package io.github.mamba4j.engine.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a caller passes in, as values of the language. */
final class Inputs {
    private long chars;

    /** The chars of all texts seen, and some for each other value. */
    long chars() {
        return chars;
    }

    /**
     * Counts and checks a value.
     *
     * @param value made of texts, numbers, booleans, null, lists and maps with texts as keys
     * @param nesting how deep it is
     */
    void measure(Object value, int nesting) {
        chars += 8;
        switch (value) {
            case null -> {
            }
            case CharSequence s -> chars += s.length();
            case Boolean b -> {
            }
            case Number n -> {
                if (!(n instanceof Long || n instanceof Integer || n instanceof Short || n instanceof Byte
                        || n instanceof Double || n instanceof Float || n instanceof BigInteger
                        || n instanceof BigDecimal)) {
                    throw kind(value);
                }
            }
            case List<?> list -> list.forEach(item -> measure(item, deeper(nesting)));
            case Map<?, ?> map -> map.forEach((key, item) -> {
                if (!(key instanceof String text)) {
                    throw new IllegalArgumentException(
                            "variables: expected maps with texts as keys, found a key of "
                                    + (key == null ? "null" : key.getClass().getName()));
                }
                chars += text.length();
                measure(item, deeper(nesting));
            });
            default -> throw kind(value);
        }
    }

    private static int deeper(int nesting) {
        if (nesting >= Budget.MAX_NESTING) {
            throw new IllegalArgumentException("variables: nested deeper than " + Budget.MAX_NESTING + " levels");
        }
        return nesting + 1;
    }

    private static IllegalArgumentException kind(Object value) {
        return new IllegalArgumentException("variables: expected texts, numbers, booleans, null, lists and maps, found "
                + value.getClass().getName());
    }

    /** The value of the language. */
    static Object value(Object value, Budget budget) {
        return switch (value) {
            case null -> null;
            case CharSequence s -> s.toString();
            case Boolean b -> b;
            case Double d -> d;
            case Float f -> (double) f;
            case BigInteger n -> Numbers.normal(n);
            case BigDecimal d -> d.doubleValue();
            case Number n -> n.longValue();
            case List<?> list -> {
                List<Object> items = new ArrayList<>(list.size());
                list.forEach(item -> items.add(value(item, budget)));
                yield new ListValue(items);
            }
            case Map<?, ?> map -> {
                DictValue dict = new DictValue();
                map.forEach((key, item) -> dict.put(key, value(item, budget), budget));
                yield dict;
            }
            default -> throw kind(value);
        };
    }
}
