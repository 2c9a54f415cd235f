package io.github.mamba4j.engine.chat.jinja;

/** What can be called. */
sealed interface Callable {
    /** Calls it. */
    Object call(Arguments arguments);

    /** For messages. */
    String name();

    /** A function. */
    record Function(String name, Body body) implements Callable {
        @Override
        public Object call(Arguments arguments) {
            return body.call(arguments);
        }
    }

    /** A method with the value that it is called on. */
    record Method(String name, Object self, Body body) implements Callable {
        @Override
        public Object call(Arguments arguments) {
            return body.call(arguments);
        }
    }

    /** A macro, or the body of a call block. */
    record Macro(String name, Stmt.Signature signature, Body body) implements Callable {
        @Override
        public Object call(Arguments arguments) {
            return body.call(arguments);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(body);
        }
    }

    /** What happens. */
    @FunctionalInterface
    interface Body {
        /** Does it. */
        Object call(Arguments arguments);
    }
}
