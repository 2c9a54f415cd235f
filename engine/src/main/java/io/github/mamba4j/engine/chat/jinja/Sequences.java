package io.github.mamba4j.engine.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** Values that have elements. */
final class Sequences {
    private Sequences() {}

    /** Goes through the elements, and counts each. */
    static Iterator<Object> iterator(Object value, Budget budget) {
        Iterator<Object> plain = plain(value, budget);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return plain.hasNext();
            }

            @Override
            public Object next() {
                budget.step();
                return plain.next();
            }
        };
    }

    private static Iterator<Object> plain(Object value, Budget budget) {
        return switch (value) {
            case ListValue l -> l.items().iterator();
            case TupleValue t -> t.items().iterator();
            case String s -> characters(s);
            case Markup m -> characters(m.text());
            case DictValue d -> counted(d.keys(), budget).iterator();
            case ViewValue v -> counted(v.items(), budget).iterator();
            case RangeValue r -> range(r);
            case StreamValue s -> s.iterator();
            case Undefined u -> Collections.emptyIterator();
            case LoopValue l -> throw new Failure("a loop cannot be gone through by another one");
            case null, default -> throw new Failure("expected a list or another thing with elements, found "
                    + Kinds.of(value));
        };
    }

    private static List<Object> counted(List<Object> items, Budget budget) {
        budget.elements(items.size());
        return items;
    }

    /** The elements as something else, made when they are asked for. */
    static Iterator<Object> mapped(Iterator<Object> inner, java.util.function.UnaryOperator<Object> map) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return inner.hasNext();
            }

            @Override
            public Object next() {
                return map.apply(inner.next());
            }
        };
    }

    /** The elements for which something holds, which is found out when they are asked for. */
    static Iterator<Object> filtered(Iterator<Object> inner, java.util.function.Predicate<Object> wanted) {
        return new Iterator<>() {
            private Object next;
            private boolean found;

            @Override
            public boolean hasNext() {
                while (!found && inner.hasNext()) {
                    next = inner.next();
                    found = wanted.test(next);
                }
                return found;
            }

            @Override
            public Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                found = false;
                return next;
            }
        };
    }

    private static Iterator<Object> characters(String text) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < text.length();
            }

            @Override
            public Object next() {
                String c = Character.toString(text.codePointAt(at));
                at += c.length();
                return c;
            }
        };
    }

    private static Iterator<Object> range(RangeValue range) {
        return new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < range.size();
            }

            @Override
            public Object next() {
                return range.get(at++);
            }
        };
    }

    /** All elements as a new list. */
    static List<Object> list(Object value, Budget budget) {
        List<Object> items = new ArrayList<>();
        for (Iterator<Object> each = iterator(value, budget); each.hasNext();) {
            items.add(each.next());
            budget.grown(items.size());
        }
        budget.elements(items.size());
        return items;
    }

    /** How many elements there are; -1 if the value has no length. */
    static int size(Object value, Budget budget) {
        return switch (value) {
            case ListValue l -> l.items().size();
            case TupleValue t -> t.items().size();
            case String s -> {
                budget.scan(s.length());
                yield Texts.length(s);
            }
            case Markup m -> size(m.text(), budget);
            case DictValue d -> d.size();
            case ViewValue v -> v.dict().size();
            case RangeValue r -> r.size();
            case Undefined u -> 0;
            case LoopValue l -> l.length();
            case null, default -> -1;
        };
    }

    /** A part with bounds and a step as Python takes them; each may be none. */
    static Object slice(Object value, Object from, Object to, Object step, Budget budget) {
        if (value instanceof Undefined u) {
            throw u.failure();
        }
        int size = value instanceof DictValue || value instanceof ViewValue || value instanceof LoopValue
                ? -1
                : size(value, budget);
        if (size < 0) {
            throw new Failure("expected a text or a list to take a part of, found " + Kinds.of(value));
        }
        int by = step == null ? 1 : Numbers.index(step, "a part's step");
        if (by == 0) {
            throw new Failure("a part's step: expected a number other than 0");
        }
        int low = by > 0 ? 0 : -1;
        int high = by > 0 ? size : size - 1;
        int start = from == null ? by > 0 ? low : high : bound(from, size, low, high);
        int stop = to == null ? by > 0 ? high : low : bound(to, size, low, high);
        return switch (value) {
            case String s -> part(s, size, start, stop, by, budget);
            case Markup m -> new Markup(part(m.text(), size, start, stop, by, budget));
            case ListValue l -> new ListValue(part(l.items(), start, stop, by, budget));
            case TupleValue t -> new TupleValue(part(t.items(), start, stop, by, budget));
            case RangeValue r -> RangeValue.of(r.start() + start * r.step(), r.start() + stop * r.step(),
                    Math.multiplyExact(r.step(), (long) by));
            default -> throw new Failure("expected a text or a list, found " + Kinds.of(value));
        };
    }

    private static int bound(Object value, int size, int low, int high) {
        long index = Numbers.index(value, "a part's bound");
        return Math.clamp(index < 0 ? index + size : index, low, high);
    }

    private static String part(String text, int size, int start, int stop, int step, Budget budget) {
        if (step == 1) {
            if (start >= stop) {
                return "";
            }
            int from = Texts.offset(text, start, budget);
            int to = stop == size ? text.length() : Texts.offset(text, stop, budget);
            budget.text(to - from);
            return text.substring(from, to);
        }
        budget.text(4L * text.length());
        budget.work(size);
        int[] points = text.codePoints().toArray();
        StringBuilder part = new StringBuilder();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            part.appendCodePoint(points[(int) i]);
        }
        return part.toString();
    }

    private static List<Object> part(List<Object> items, int start, int stop, int step, Budget budget) {
        long count = step > 0
                ? Math.ceilDiv(Math.max(0L, (long) stop - start), step)
                : Math.ceilDiv(Math.max(0L, (long) start - stop), -(long) step);
        budget.elements(count);
        List<Object> part = new ArrayList<>((int) count);
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            part.add(items.get((int) i));
        }
        return part;
    }
}
