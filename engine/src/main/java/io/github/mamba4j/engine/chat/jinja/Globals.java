package io.github.mamba4j.engine.chat.jinja;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The functions that every template has. */
final class Globals {
    private Globals() {}

    static Map<String, Object> of(Run run) {
        return Map.of("range", function("range", args -> range(args)),
                "dict", function("dict", args -> dict(args, run)),
                "namespace", function("namespace", args -> namespace(args, run)),
                "cycler", function("cycler", args -> {
                    new Arguments(List.of(), args.named()).bind("cycler");
                    return new Helpers.Cycler(args.positional());
                }),
                "joiner", function("joiner", args -> Helpers.joiner(args.bind("joiner", "sep?").get(0, ", "))),
                "lipsum", function("lipsum", args -> {
                    throw new Failure("the function 'lipsum' is not offered: what it gives is random");
                }),
                "raise_exception", function("raise_exception", args -> {
                    Object message = args.bind("raise_exception", "message").get(0);
                    throw new Failure(Printer.text(message, run.budget()), true);
                }),
                "strftime_now", function("strftime_now", args -> Dates.format(
                        args.bind("strftime_now", "format").text(0), run.now(), run.budget())));
    }

    private static Callable function(String name, Callable.Body body) {
        return new Callable.Function(name, body);
    }

    private static Object range(Arguments arguments) {
        Arguments.Bound args = arguments.bind("range", "start", "stop?", "step?");
        if (!arguments.named().isEmpty()) {
            throw new Failure("range: expected arguments without names");
        }
        return args.has(1)
                ? RangeValue.of(args.integer(0), args.integer(1), args.has(2) ? args.integer(2) : 1)
                : RangeValue.of(0, args.integer(0), 1);
    }

    static DictValue dict(Arguments arguments, Run run) {
        DictValue dict = new DictValue();
        Object first = new Arguments(arguments.positional(), Map.of()).bind("dict", "values?").get(0, new DictValue());
        if (first instanceof Undefined u) {
            throw u.failure();
        }
        if (first instanceof DictValue other) {
            other.entries().forEach(entry -> dict.put(entry.key(), entry.value(), run.budget()));
        } else {
            for (Iterator<Object> each = Sequences.iterator(first, run.budget()); each.hasNext();) {
                List<Object> pair = Sequences.list(each.next(), run.budget());
                if (pair.size() != 2) {
                    throw new Failure("dict: expected pairs, found " + pair.size() + " elements");
                }
                dict.put(pair.get(0), pair.get(1), run.budget());
            }
        }
        arguments.named().forEach((name, value) -> dict.put(name, value, run.budget()));
        run.budget().elements(dict.size());
        return dict;
    }

    private static Object namespace(Arguments arguments, Run run) {
        NamespaceValue namespace = new NamespaceValue();
        for (DictValue.Entry entry : dict(arguments, run).entries()) {
            namespace.fields().put(Printer.text(entry.key(), run.budget()), entry.value());
        }
        return namespace;
    }
}
