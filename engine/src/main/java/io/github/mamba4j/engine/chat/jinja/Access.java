package io.github.mamba4j.engine.chat.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Attributes and elements of values, as the sandbox lets templates reach them. */
final class Access {
    /** What would change a value, which the sandbox does not allow. */
    private static final Set<String> CHANGES = Set.of("append", "clear", "pop", "reverse", "insert", "sort", "extend",
            "remove", "popitem", "setdefault", "update");
    private static final Set<String> LIST_CHANGES = Set.of("append", "clear", "pop", "reverse", "insert", "sort",
            "extend", "remove");
    private static final Set<String> DICT_CHANGES = Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Access() {}

    /** {@code object.name}: an attribute, else an element. */
    static Object attribute(Object object, String name, Run run) {
        Object found = own(object, name, run);
        if (found != null) {
            return found == NONE ? null : found;
        }
        if (object instanceof DictValue dict) {
            DictValue.Entry entry = dict.get(Keys.of(name, run.budget()));
            if (entry != null) {
                return entry.value();
            }
        }
        return missing(object, name);
    }

    /** {@code object[key]}: an element, else an attribute. */
    static Object item(Object object, Object key, Run run) {
        switch (object) {
            case Undefined u -> throw u.failure();
            case DictValue dict -> {
                if (!(key instanceof ListValue || key instanceof DictValue)) {
                    DictValue.Entry entry = dict.get(Keys.of(key, run.budget()));
                    if (entry != null) {
                        return entry.value();
                    }
                }
            }
            case null, default -> {
                if (Numbers.isInteger(key)) {
                    Object element = element(object, key, run);
                    return element == null ? missing(object, key) : element == NONE ? null : element;
                }
            }
        }
        if (key instanceof String || key instanceof Markup) {
            String name = Printer.text(key, run.budget());
            Object found = own(object, name, run);
            if (found != null) {
                return found == NONE ? null : found;
            }
        }
        return missing(object, key);
    }

    /** Stands for none where null means that there is nothing. */
    private static final Object NONE = new Object();

    private static Object orNone(Object value) {
        return value == null ? NONE : value;
    }

    private static Object element(Object object, Object key, Run run) {
        long index = Numbers.index(key, "index");
        return switch (object) {
            case String s -> character(s, index, run);
            case Markup m -> {
                String c = character(m.text(), index, run);
                yield c == null ? null : new Markup(c);
            }
            case ListValue l -> element(l.items(), index);
            case TupleValue t -> element(t.items(), index);
            case RangeValue r -> {
                long at = index < 0 ? index + r.size() : index;
                yield at < 0 || at >= r.size() ? null : (Object) r.get((int) at);
            }
            case null, default -> null;
        };
    }

    private static Object element(List<Object> items, long index) {
        long at = index < 0 ? index + items.size() : index;
        return at < 0 || at >= items.size() ? null : orNone(items.get((int) at));
    }

    private static String character(String text, long index, Run run) {
        run.budget().scan(text.length());
        int size = Texts.length(text);
        long at = index < 0 ? index + size : index;
        if (at < 0 || at >= size) {
            return null;
        }
        return Character.toString(text.codePointAt(Texts.offset(text, (int) at, run.budget())));
    }

    /** An attribute in Python's sense; null if there is none. */
    private static Object own(Object object, String name, Run run) {
        if (name.startsWith("__") && name.endsWith("__") && !(object instanceof NamespaceValue)
                && (name.equals("__class__") || !(object instanceof Undefined))) {
            return new Undefined("the attribute '" + name + "' is not offered to templates");
        }
        if (object instanceof Undefined u) {
            throw u.failure();
        }
        return switch (object) {
            case String s -> TextMethods.has(name)
                    ? new Callable.Method(name, s, args -> TextMethods.call(s, name, args, run))
                    : null;
            case Markup m -> TextMethods.has(name)
                    ? new Callable.Method(name, m, args -> TextMethods.callMarkup(m, name, args, run))
                    : null;
            case DictValue d -> DictMethods.NAMES.contains(name)
                    ? new Callable.Method(name, d, args -> DictMethods.call(d, name, args, run))
                    : DICT_CHANGES.contains(name) ? unsafe(object, name) : null;
            case ListValue l -> ListMethods.NAMES.contains(name) || name.equals("copy")
                    ? new Callable.Method(name, l, args -> ListMethods.call(l.items(), name, args, run))
                    : LIST_CHANGES.contains(name) ? unsafe(object, name) : null;
            case TupleValue t -> t.names().contains(name)
                    ? orNone(t.items().get(t.names().indexOf(name)))
                    : ListMethods.NAMES.contains(name)
                            ? new Callable.Method(name, t, args -> ListMethods.call(t.items(), name, args, run))
                            : null;
            case RangeValue r -> switch (name) {
                case "start" -> r.start();
                case "stop" -> r.stop();
                case "step" -> r.step();
                default -> null;
            };
            case NamespaceValue n -> n.fields().containsKey(name) ? orNone(n.fields().get(name)) : null;
            case LoopValue l -> {
                Object found = l.attribute(name);
                yield found == LoopValue.NO_SUCH ? null : orNone(found);
            }
            case Callable.Macro m -> macro(m, name);
            case Helpers.Cycler c -> c.attribute(name);
            case null, default -> number(object, name);
        };
    }

    private static Object number(Object object, String name) {
        if (Numbers.isInteger(object) && Set.of("real", "numerator").contains(name)) {
            return Numbers.normal(Numbers.big(object));
        }
        if (object instanceof Double d && name.equals("is_integer")) {
            return new Callable.Method(name, d, args -> d == Math.rint(d) && !Double.isInfinite(d));
        }
        boolean python = Numbers.isNumber(object) && Set.of("as_integer_ratio", "bit_count", "bit_length",
                "conjugate", "denominator", "from_bytes", "imag", "to_bytes", "real", "hex", "fromhex").contains(name);
        if (python) {
            throw new Failure("the attribute '" + name + "' of a number is not offered to templates");
        }
        return null;
    }

    private static Object macro(Callable.Macro macro, String name) {
        return switch (name) {
            case "name" -> macro.name();
            case "arguments" -> new TupleValue(List.copyOf(macro.signature().names()));
            case "catch_kwargs" -> macro.signature().kwargs();
            case "catch_varargs" -> macro.signature().varargs();
            case "caller" -> macro.signature().caller() || macro.signature().names().contains("caller");
            default -> null;
        };
    }

    private static Undefined unsafe(Object object, String name) {
        return new Undefined("'" + name + "' would change " + Kinds.of(object) + ", which the sandbox does not allow");
    }

    private static Undefined missing(Object object, Object key) {
        if (object instanceof ListValue && CHANGES.contains(key)) {
            return unsafe(object, (String) key);
        }
        String shown = key instanceof String s ? "'" + s + "'" : key instanceof Long n ? "element " + n : Kinds.of(key);
        return new Undefined(Kinds.of(object) + " has no " + shown);
    }

    /** Sets an attribute of a namespace. */
    static void set(Object object, String name, Object value, String variable) {
        if (!(object instanceof NamespaceValue namespace)) {
            throw new Failure("an attribute can be set of a namespace only, and '" + variable + "' is "
                    + Kinds.of(object));
        }
        namespace.fields().put(name, value);
    }

    /** Whether an object has an attribute of the given name, for {@code attr}. */
    static Object attributeOnly(Object object, String name, Run run) {
        Object found = object instanceof Undefined ? null : own(object, name, run);
        return found == null ? missing(object, name) : found == NONE ? null : found;
    }

    /** The values of a map as Python's keyword arguments. */
    static Map<String, Object> keywords(Object value, Run run) {
        Map<String, Object> named = new java.util.LinkedHashMap<>();
        if (!(value instanceof DictValue dict)) {
            throw new Failure("'**': expected a dictionary, found " + Kinds.of(value));
        }
        for (DictValue.Entry entry : dict.entries()) {
            if (!(entry.key() instanceof String || entry.key() instanceof Markup)) {
                throw new Failure("'**': expected keys that are texts, found " + Kinds.of(entry.key()));
            }
            named.put(Printer.text(entry.key(), run.budget()), entry.value());
        }
        return named;
    }
}
