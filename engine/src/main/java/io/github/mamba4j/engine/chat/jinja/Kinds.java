package io.github.mamba4j.engine.chat.jinja;

import java.math.BigInteger;

/** What messages call values. */
final class Kinds {
    private Kinds() {}

    static String of(Object value) {
        return switch (value) {
            case null -> "none";
            case Undefined u -> "an undefined value";
            case Boolean b -> "true or false";
            case Long n -> "an integer";
            case BigInteger n -> "an integer";
            case Double d -> "a number";
            case String s -> "a text";
            case Markup m -> "a text";
            case ListValue l -> "a list";
            case TupleValue t -> "a tuple";
            case DictValue d -> "a dictionary";
            case ViewValue v -> "a view of a dictionary";
            case RangeValue r -> "a range";
            case StreamValue s -> "a stream of elements";
            case NamespaceValue n -> "a namespace";
            case Callable.Macro m -> "the macro '" + m.name() + "'";
            case Callable.Method m -> "the method '" + m.name() + "'";
            case Callable.Function f -> "the function '" + f.name() + "'";
            case LoopValue l -> "a loop";
            default -> "a value";
        };
    }
}
