package io.github.mamba4j.engine.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/** Keys of dictionaries: equal in Java where the values are equal in Python, so that 1, 1.0 and true are one key. */
final class Keys {
    /** A key that is no text and no number, told by its identity. */
    private record Same(Object value) {
        @Override
        public boolean equals(Object other) {
            return other instanceof Same same && same.value == value;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(value);
        }
    }

    private Keys() {}

    /**
     * The key of a value.
     *
     * @param value the value
     * @param budget is charged for its parts
     * @return what to look for
     * @throws Failure if it is a list, a dictionary or another thing that can be no key
     */
    static Object of(Object value, Budget budget) {
        return of(value, 0, budget);
    }

    private static Object of(Object value, int nesting, Budget budget) {
        budget.work(4);
        return switch (value) {
            case null -> new Same(null);
            case Markup m -> of(m.text(), nesting, budget);
            case Boolean b -> b ? 1L : 0L;
            case Double d when d == Math.rint(d) && !Double.isInfinite(d) -> whole(d);
            case String s -> {
                budget.scan(s.length());
                yield s;
            }
            case Long n -> n;
            case BigInteger n -> n;
            case Double d -> d;
            case TupleValue t -> {
                int deeper = Budget.deeper(nesting);
                budget.elements(t.items().size());
                List<Object> parts = t.items().stream().map(item -> of(item, deeper, budget)).toList();
                yield parts;
            }
            case Undefined u -> u;
            default -> {
                if (!isHashable(value)) {
                    throw new Failure(Kinds.of(value) + " cannot be a key, nor be looked for by hash");
                }
                yield new Same(value);
            }
        };
    }

    private static Object whole(double value) {
        return Numbers.normal(new BigDecimal(value).toBigInteger());
    }

    private static boolean isHashable(Object value) {
        return switch (value) {
            case ListValue l -> false;
            case DictValue d -> false;
            case ViewValue v -> v.kind() == ViewValue.Kind.VALUES;
            case null, default -> true;
        };
    }
}
