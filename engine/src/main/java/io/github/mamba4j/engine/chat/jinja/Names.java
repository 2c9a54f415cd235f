package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Stmt.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Walks through expressions and statements. */
final class Names {
    private Names() {}

    /** All variables that an expression reads, from left to right. */
    static void in(Expr expression, Consumer<String> each) {
        each(expression, e -> {
            if (e instanceof Expr.Name name) {
                each.accept(name.name());
            }
        });
    }

    /** An expression and all within it, from left to right. */
    static void each(Expr expression, Consumer<Expr> each) {
        each.accept(expression);
        children(expression).stream().filter(Objects::nonNull).forEach(child -> each(child, each));
    }

    /** The expressions directly within one; some may be null. */
    static List<Expr> children(Expr expression) {
        return switch (expression) {
            case Expr.Const e -> List.of();
            case Expr.Name e -> List.of();
            case Expr.TupleOf e -> e.elements();
            case Expr.ListOf e -> e.elements();
            case Expr.DictOf e -> {
                List<Expr> all = new ArrayList<>(e.keys());
                all.addAll(e.values());
                yield all;
            }
            case Expr.Conditional e -> Arrays.asList(e.test(), e.then(), e.otherwise());
            case Expr.And e -> List.of(e.left(), e.right());
            case Expr.Or e -> List.of(e.left(), e.right());
            case Expr.Not e -> List.of(e.operand());
            case Expr.Comparison e -> {
                List<Expr> all = new ArrayList<>(List.of(e.first()));
                e.rest().forEach(operand -> all.add(operand.value()));
                yield all;
            }
            case Expr.Binary e -> List.of(e.left(), e.right());
            case Expr.Signed e -> List.of(e.operand());
            case Expr.Concat e -> e.parts();
            case Expr.Attribute e -> List.of(e.object());
            case Expr.Item e -> List.of(e.object(), e.index());
            case Expr.Slice e -> Arrays.asList(e.object(), e.from(), e.to(), e.step());
            case Expr.Call e -> with(e.callee(), e.args());
            case Expr.Filter e -> with(e.input(), e.args());
            case Expr.Test e -> with(e.input(), e.args());
        };
    }

    private static List<Expr> with(Expr first, Expr.Args args) {
        List<Expr> all = new ArrayList<>();
        all.add(first);
        all.addAll(args.positional());
        args.named().forEach(named -> all.add(named.value()));
        all.add(args.star());
        all.add(args.stars());
        return all;
    }

    /** Whether statements, or those within them, read a special name before they assign to it. */
    static boolean asks(List<Stmt> statements, String name) {
        boolean[] found = new boolean[2];
        walk(statements, target -> found[1] |= target.equals(name), read -> found[0] |= !found[1] && read.equals(name));
        return found[0];
    }

    /** Whether statements, or those within them, assign to a name. */
    static boolean assigns(List<Stmt> statements, Predicate<String> name) {
        boolean[] found = new boolean[1];
        walk(statements, target -> found[0] |= name.test(target), read -> {});
        return found[0];
    }

    private static void walk(List<Stmt> statements, Consumer<String> assigned, Consumer<String> read) {
        for (Stmt statement : statements) {
            for (Expr expression : expressions(statement)) {
                if (expression != null) {
                    in(expression, read);
                }
            }
            targets(statement).forEach(target -> target(target, assigned, read));
            if (!(statement instanceof Stmt.Block)) {
                bodies(statement).forEach(body -> walk(body, assigned, read));
            }
        }
    }

    private static void target(Target target, Consumer<String> assigned, Consumer<String> read) {
        switch (target) {
            case Target.Variable t -> assigned.accept(t.name());
            case Target.Several t -> t.targets().forEach(inner -> target(inner, assigned, read));
            case Target.Field t -> read.accept(t.namespace());
        }
    }

    private static List<Target> targets(Stmt statement) {
        return switch (statement) {
            case Stmt.For s -> List.of(s.target());
            case Stmt.Assign s -> List.of(s.target());
            case Stmt.AssignBlock s -> List.of(s.target());
            case Stmt.With s -> s.targets();
            case Stmt.MacroOf s -> s.signature().names().stream().<Target>map(Target.Variable::new).toList();
            case Stmt.CallBlock s -> s.signature().names().stream().<Target>map(Target.Variable::new).toList();
            default -> List.of();
        };
    }

    /** The expressions of a statement itself; some may be null. */
    static List<Expr> expressions(Stmt statement) {
        return switch (statement) {
            case Stmt.Print s -> List.of(s.value());
            case Stmt.If s -> s.branches().stream().map(Stmt.Branch::test).toList();
            case Stmt.For s -> Arrays.asList(s.iterable(), s.filter());
            case Stmt.Assign s -> List.of(s.value());
            case Stmt.AssignBlock s -> Arrays.asList(s.filter());
            case Stmt.MacroOf s -> s.signature().defaults();
            case Stmt.CallBlock s -> {
                List<Expr> all = new ArrayList<>(s.signature().defaults());
                all.add(s.call());
                yield all;
            }
            case Stmt.FilterBlock s -> List.of(s.filter());
            case Stmt.With s -> s.values();
            case Stmt.Data s -> List.of();
            case Stmt.Block s -> List.of();
            case Stmt.Break s -> List.of();
            case Stmt.Continue s -> List.of();
            case Stmt.OtherTemplate s -> List.of();
        };
    }

    /** The statements within a statement. */
    static List<List<Stmt>> bodies(Stmt statement) {
        return switch (statement) {
            case Stmt.If s -> {
                List<List<Stmt>> all = new ArrayList<>();
                s.branches().forEach(branch -> all.add(branch.body()));
                all.add(s.otherwise());
                yield all;
            }
            case Stmt.For s -> List.of(s.body(), s.otherwise());
            case Stmt.AssignBlock s -> List.of(s.body());
            case Stmt.MacroOf s -> List.of(s.body());
            case Stmt.CallBlock s -> List.of(s.body());
            case Stmt.FilterBlock s -> List.of(s.body());
            case Stmt.With s -> List.of(s.body());
            case Stmt.Block s -> List.of(s.body());
            case Stmt.Data s -> List.of();
            case Stmt.Print s -> List.of();
            case Stmt.Assign s -> List.of();
            case Stmt.Break s -> List.of();
            case Stmt.Continue s -> List.of();
            case Stmt.OtherTemplate s -> List.of();
        };
    }
}
