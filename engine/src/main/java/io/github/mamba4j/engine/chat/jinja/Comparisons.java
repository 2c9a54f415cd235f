package io.github.mamba4j.engine.chat.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** Equality, order and membership as Python has them. */
final class Comparisons {
    private Comparisons() {}

    /** Whether two values are equal; values of different kinds are not, but numbers are numbers. */
    static boolean equal(Object a, Object b, Budget budget) {
        return equal(a, b, 0, budget);
    }

    private static boolean equal(Object a, Object b, int nesting, Budget budget) {
        budget.step();
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return !Numbers.isNan(a) && !Numbers.isNan(b) && Numbers.compare(a, b) == 0;
        }
        return switch (a) {
            case String s -> sameText(s, b, budget);
            case Markup m -> sameText(m.text(), b, budget);
            case ListValue l -> b instanceof ListValue other && sameItems(l.items(), other.items(), nesting, budget);
            case TupleValue t -> b instanceof TupleValue other && sameItems(t.items(), other.items(), nesting, budget);
            case DictValue d -> b instanceof DictValue other && sameEntries(d, other, nesting, budget);
            case RangeValue r -> b instanceof RangeValue other && r.size() == other.size()
                    && (r.size() == 0 || r.start() == other.start() && (r.size() == 1 || r.step() == other.step()));
            case ViewValue v -> b instanceof ViewValue other && sameViews(v, other, budget);
            case Undefined u -> b instanceof Undefined;
            case null -> b == null;
            default -> a == b;
        };
    }

    private static boolean sameText(String a, Object b, Budget budget) {
        String other = b instanceof Markup m ? m.text() : b instanceof String s ? s : null;
        if (other == null || a.length() != other.length()) {
            return false;
        }
        budget.scan(a.length());
        return a.equals(other);
    }

    private static boolean sameItems(List<Object> a, List<Object> b, int nesting, Budget budget) {
        if (a.size() != b.size()) {
            return false;
        }
        int deeper = Budget.deeper(nesting);
        for (int i = 0; i < a.size(); i++) {
            if (a.get(i) != b.get(i) && !equal(a.get(i), b.get(i), deeper, budget)) {
                return false;
            }
        }
        return true;
    }

    private static boolean sameEntries(DictValue a, DictValue b, int nesting, Budget budget) {
        if (a.size() != b.size()) {
            return false;
        }
        int deeper = Budget.deeper(nesting);
        for (DictValue.Entry entry : a.entries()) {
            DictValue.Entry other = b.get(Keys.of(entry.key(), budget));
            if (other == null || entry.value() != other.value()
                    && !equal(entry.value(), other.value(), deeper, budget)) {
                return false;
            }
        }
        return true;
    }

    /** Views of keys and items are sets; those of values are equal only to themselves. */
    private static boolean sameViews(ViewValue a, ViewValue b, Budget budget) {
        if (a.kind() != b.kind() || a.kind() == ViewValue.Kind.VALUES || a.dict().size() != b.dict().size()) {
            return a == b;
        }
        for (DictValue.Entry entry : a.dict().entries()) {
            DictValue.Entry other = b.dict().get(Keys.of(entry.key(), budget));
            if (other == null
                    || a.kind() == ViewValue.Kind.ITEMS && !equal(entry.value(), other.value(), budget)) {
                return false;
            }
        }
        return true;
    }

    /** Whether {@code a} comes before {@code b}. */
    static boolean less(Object a, Object b, Budget budget) {
        return order(a, b, "<", budget);
    }

    /** Whether {@code <}, {@code <=}, {@code >} or {@code >=} holds. */
    static boolean order(Object a, Object b, String operator, Budget budget) {
        budget.step();
        if (a instanceof Undefined u) {
            throw u.failure();
        }
        if (b instanceof Undefined u) {
            throw u.failure();
        }
        if (Numbers.isNan(a) && Numbers.isNumber(b) || Numbers.isNan(b) && Numbers.isNumber(a)) {
            return false;
        }
        int sign = compare(a, b, operator, 0, budget);
        return switch (operator) {
            case "<" -> sign < 0;
            case "<=" -> sign <= 0;
            case ">" -> sign > 0;
            default -> sign >= 0;
        };
    }

    private static int compare(Object a, Object b, String operator, int nesting, Budget budget) {
        budget.step();
        if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
            return Numbers.compare(a, b);
        }
        Object x = a instanceof Markup m ? m.text() : a;
        Object y = b instanceof Markup m ? m.text() : b;
        if (x instanceof String s && y instanceof String t) {
            budget.scan(Math.min(s.length(), t.length()));
            return Texts.compare(s, t);
        }
        if (x instanceof ListValue l && y instanceof ListValue m) {
            return compareItems(l.items(), m.items(), operator, nesting, budget);
        }
        if (x instanceof TupleValue t && y instanceof TupleValue u) {
            return compareItems(t.items(), u.items(), operator, nesting, budget);
        }
        throw new Failure("'" + operator + "' cannot compare " + Kinds.of(a) + " with " + Kinds.of(b));
    }

    private static int compareItems(List<Object> a, List<Object> b, String operator, int nesting, Budget budget) {
        int deeper = Budget.deeper(nesting);
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            if (a.get(i) != b.get(i) && !equal(a.get(i), b.get(i), deeper, budget)) {
                return compare(a.get(i), b.get(i), operator, deeper, budget);
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    /** Whether an element is in something. */
    static boolean contains(Object container, Object element, Budget budget) {
        budget.step();
        return switch (container) {
            case String s -> containsText(s, element, budget);
            case Markup m -> containsText(m.text(), element, budget);
            case DictValue d -> d.get(Keys.of(element, budget)) != null;
            case ViewValue v when v.kind() == ViewValue.Kind.KEYS -> v.dict().get(Keys.of(element, budget)) != null;
            case null, default -> {
                for (Iterator<Object> each = Sequences.iterator(container, budget); each.hasNext();) {
                    Object found = each.next();
                    if (found == element || equal(found, element, budget)) {
                        yield true;
                    }
                }
                yield false;
            }
        };
    }

    private static boolean containsText(String text, Object element, Budget budget) {
        return switch (element) {
            case String s -> new Finder(s, budget).in(text, 0) >= 0;
            case Markup m -> new Finder(m.text(), budget).in(text, 0) >= 0;
            case null, default -> throw new Failure("'in' a text: expected a text, found " + Kinds.of(element));
        };
    }

    /** Sorts by keys and keeps the order of equal ones; the list is new. */
    static List<Object> sorted(List<Object> items, List<Object> keys, boolean reverse, Budget budget) {
        budget.elements(3L * items.size());
        Integer[] order = new Integer[items.size()];
        Arrays.setAll(order, i -> reverse ? items.size() - 1 - i : i);
        merge(order, new Integer[order.length], 0, order.length, keys, budget);
        List<Object> sorted = new ArrayList<>(items.size());
        for (Integer i : order) {
            sorted.add(items.get(i));
        }
        return reverse ? sorted.reversed() : sorted;
    }

    /** By hand, because the library's sorting refuses orders that are none, as that of NaN. */
    private static void merge(Integer[] order, Integer[] scratch, int from, int to, List<Object> keys, Budget budget) {
        if (to - from < 2) {
            return;
        }
        int middle = from + to >>> 1;
        merge(order, scratch, from, middle, keys, budget);
        merge(order, scratch, middle, to, keys, budget);
        int left = from;
        int right = middle;
        for (int i = from; i < to; i++) {
            boolean takeRight = left >= middle
                    || right < to && less(keys.get(order[right]), keys.get(order[left]), budget);
            scratch[i] = takeRight ? order[right++] : order[left++];
        }
        System.arraycopy(scratch, from, order, from, to - from);
    }
}
