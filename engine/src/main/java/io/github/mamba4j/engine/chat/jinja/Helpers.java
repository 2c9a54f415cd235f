package io.github.mamba4j.engine.chat.jinja;

import java.util.List;

/** The values that {@code cycler} and {@code joiner} give. */
final class Helpers {
    private Helpers() {}

    /** Values one after another, over and over. */
    static final class Cycler {
        private final List<Object> values;
        private int at;

        Cycler(List<Object> values) {
            if (values.isEmpty()) {
                throw new Failure("cycler: expected values, found none");
            }
            this.values = values;
        }

        Object attribute(String name) {
            return switch (name) {
                case "current" -> values.get(at);
                case "next" -> new Callable.Method(name, this, args -> {
                    args.bind(name);
                    Object value = values.get(at);
                    at = (at + 1) % values.size();
                    return value;
                });
                case "reset" -> new Callable.Method(name, this, args -> {
                    args.bind(name);
                    at = 0;
                    return null;
                });
                default -> null;
            };
        }
    }

    /** Nothing at the first call, a separator at all others. */
    static Callable joiner(Object separator) {
        boolean[] used = new boolean[1];
        return new Callable.Function("joiner", args -> {
            args.bind("joiner");
            Object value = used[0] ? separator : "";
            used[0] = true;
            return value;
        });
    }
}
