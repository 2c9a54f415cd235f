package io.github.mamba4j.engine.chat.jinja;

import java.util.Set;

/** The methods of dictionaries that change nothing. */
final class DictMethods {
    static final Set<String> NAMES = Set.of("get", "keys", "values", "items", "copy", "fromkeys");

    private DictMethods() {}

    static Object call(DictValue dict, String method, Arguments arguments, Run run) {
        return switch (method) {
            case "get" -> {
                Arguments.Bound args = arguments.bind("get", "key", "default?");
                DictValue.Entry entry = dict.get(Keys.of(args.get(0), run.budget()));
                yield entry == null ? args.get(1, null) : entry.value();
            }
            case "keys" -> view(dict, method, arguments, ViewValue.Kind.KEYS);
            case "values" -> view(dict, method, arguments, ViewValue.Kind.VALUES);
            case "items" -> view(dict, method, arguments, ViewValue.Kind.ITEMS);
            case "copy" -> {
                arguments.bind("copy");
                run.budget().elements(dict.size());
                DictValue copy = new DictValue();
                dict.entries().forEach(entry -> copy.put(entry.key(), entry.value(), run.budget()));
                yield copy;
            }
            default -> throw new Failure("the method '" + method + "' of a dictionary is not offered to templates");
        };
    }

    private static ViewValue view(DictValue dict, String method, Arguments arguments, ViewValue.Kind kind) {
        arguments.bind(method);
        return new ViewValue(dict, kind);
    }
}
