package io.github.mamba4j.engine.chat.jinja;

import java.util.List;

/** A statement. Those with a scope have names of their own. */
sealed interface Stmt {
    /** Text of the template. */
    record Data(String text) implements Stmt {}

    /** <code>{{ value }}</code>. */
    record Print(Expr value, int line) implements Stmt {}

    /** {@code if}, {@code elif} and {@code else}. */
    record If(List<Branch> branches, List<Stmt> otherwise) implements Stmt {}

    /** A condition and what it leads to. */
    record Branch(Expr test, List<Stmt> body, int line) {}

    /** A loop; {@code filter} may be null. */
    record For(Target target, Expr iterable, Expr filter, boolean recursive, List<Stmt> body, List<Stmt> otherwise,
            Scope scope, Scope filterScope, Scope otherwiseScope, int line) implements Stmt {}

    /** <code>{% set target = value %}</code>. */
    record Assign(Target target, Expr value, int line) implements Stmt {}

    /** <code>{% set target %}...{% endset %}</code>; {@code filter} may be null. */
    record AssignBlock(Target target, Expr filter, List<Stmt> body, Scope scope, int line) implements Stmt {}

    /** A macro. */
    record MacroOf(String name, Signature signature, List<Stmt> body, Scope scope, int line) implements Stmt {}

    /** A call whose {@code caller} is the body; without a call the body is simply run in a scope of its own. */
    record CallBlock(Expr.Call call, Signature signature, List<Stmt> body, Scope scope, int line) implements Stmt {}

    /** <code>{% filter name %}...{% endfilter %}</code>. */
    record FilterBlock(Expr filter, List<Stmt> body, Scope scope, int line) implements Stmt {}

    /** {@code with}: names for a while. */
    record With(List<Target> targets, List<Expr> values, List<Stmt> body, Scope scope, int line) implements Stmt {}

    /** A named block, which is run where it stands. */
    record Block(String name, boolean scoped, List<Stmt> body, Scope scope, int line) implements Stmt {}

    /** Ends a loop. */
    record Break() implements Stmt {}

    /** Ends an iteration. */
    record Continue() implements Stmt {}

    /** Asks for another template. */
    record OtherTemplate(String tag, int line) implements Stmt {}

    /** What is assigned to. */
    sealed interface Target {
        /** A variable. */
        record Variable(String name) implements Target {}

        /** Several. */
        record Several(List<Target> targets) implements Target {}

        /** An attribute of a namespace. */
        record Field(String namespace, String name) implements Target {}
    }

    /**
     * The parameters of a macro or a call block; the last ones have defaults. The flags say which of the special names
     * {@code caller}, {@code kwargs} and {@code varargs} the body asks for.
     */
    record Signature(List<String> names, List<Expr> defaults, boolean caller, boolean kwargs, boolean varargs) {
        static final Signature NONE = new Signature(List.of(), List.of(), false, false, false);

        /** The same with the special names that a body asks for. */
        Signature over(List<Stmt> body) {
            return new Signature(names, defaults, asks(body, "caller"), asks(body, "kwargs"), asks(body, "varargs"));
        }

        private boolean asks(List<Stmt> body, String name) {
            return !names.contains(name) && Names.asks(body, name);
        }
    }
}
