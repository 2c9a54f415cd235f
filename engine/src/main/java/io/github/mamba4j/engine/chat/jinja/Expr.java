package io.github.mamba4j.engine.chat.jinja;

import java.util.List;

/** An expression. What can fail knows its line. */
sealed interface Expr {
    /** A literal, or several adjacent texts. */
    record Const(Object value) implements Expr {}

    /** A variable. */
    record Name(String name, int line) implements Expr {}

    /** {@code (a, b)}. */
    record TupleOf(List<Expr> elements) implements Expr {}

    /** {@code [a, b]}. */
    record ListOf(List<Expr> elements) implements Expr {}

    /** <code>{a: b}</code>. */
    record DictOf(List<Expr> keys, List<Expr> values) implements Expr {}

    /** {@code then if test else otherwise}; without {@code else} null. */
    record Conditional(Expr test, Expr then, Expr otherwise) implements Expr {}

    /** {@code a and b}: one of them. */
    record And(Expr left, Expr right) implements Expr {}

    /** {@code a or b}: one of them. */
    record Or(Expr left, Expr right) implements Expr {}

    /** {@code not a}. */
    record Not(Expr operand) implements Expr {}

    /** {@code a < b < c}: each is evaluated once, up to the first that does not hold. */
    record Comparison(Expr first, List<Operand> rest, int line) implements Expr {}

    /** An operator of a comparison and what stands right of it. */
    record Operand(String operator, Expr value) {}

    /** Arithmetic. */
    record Binary(String operator, Expr left, Expr right, int line) implements Expr {}

    /** A sign. */
    record Signed(boolean negative, Expr operand, int line) implements Expr {}

    /** {@code a ~ b ~ c}. */
    record Concat(List<Expr> parts) implements Expr {}

    /** {@code a.name}. */
    record Attribute(Expr object, String name, int line) implements Expr {}

    /** {@code a[index]}. */
    record Item(Expr object, Expr index, int line) implements Expr {}

    /** {@code a[from:to:step]}; each may be null. */
    record Slice(Expr object, Expr from, Expr to, Expr step, int line) implements Expr {}

    /** {@code a(arguments)}. */
    record Call(Expr callee, Args args, int line) implements Expr {}

    /** {@code a | name(arguments)}; the input is null at the top of a block. */
    record Filter(Expr input, String name, Args args, int line) implements Expr {}

    /** {@code a is name(arguments)}. */
    record Test(Expr input, String name, Args args, int line) implements Expr {}

    /** Arguments; {@code star} and {@code stars} are {@code *a} and {@code **a}, or null. */
    record Args(List<Expr> positional, List<Named> named, Expr star, Expr stars) {
        static final Args NONE = new Args(List.of(), List.of(), null, null);
    }

    /** A named argument. */
    record Named(String name, Expr value) {}
}
