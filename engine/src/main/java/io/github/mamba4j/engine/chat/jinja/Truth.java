package io.github.mamba4j.engine.chat.jinja;

/** What counts as true: all but none, false, zero, and what is empty. */
final class Truth {
    private Truth() {}

    static boolean of(Object value) {
        return switch (value) {
            case null -> false;
            case Undefined u -> false;
            case Boolean b -> b;
            case Long n -> n != 0;
            case Double d -> d != 0;
            case String s -> !s.isEmpty();
            case Markup m -> !m.text().isEmpty();
            case ListValue l -> !l.items().isEmpty();
            case TupleValue t -> !t.items().isEmpty();
            case DictValue d -> d.size() > 0;
            case ViewValue v -> v.dict().size() > 0;
            case RangeValue r -> r.size() > 0;
            case LoopValue l -> l.length() > 0;
            default -> true;
        };
    }
}
