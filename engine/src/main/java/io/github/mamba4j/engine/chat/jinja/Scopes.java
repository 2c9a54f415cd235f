package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Scope.Origin;
import io.github.mamba4j.engine.chat.jinja.Stmt.Signature;
import io.github.mamba4j.engine.chat.jinja.Stmt.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds out where each name is kept. Loops, macros, blocks of {@code set}, {@code filter}, {@code call} and {@code with} have
 * scopes of their own, {@code if} has none. A name that a scope assigns to is the scope's own from its first line on: what
 * it is before is what the surrounding scope has, if that knows the name; else what the template was given, if it is read
 * before or assigned to in a branch only; else nothing. That is how the reference compiles templates, and some depend on it.
 */
final class Scopes {
    private final Scopes outer;
    private Scope scope;

    private Scopes(Scope scope, Scopes outer) {
        this.scope = scope;
        this.outer = outer;
    }

    /**
     * Resolves the names of a whole template.
     *
     * @param template the template, whose scopes are filled
     * @return the scope of its top level
     */
    static Scope resolve(List<Stmt> template) {
        var root = new Scopes(new Scope(), null);
        root.names(template);
        root.inner(template);
        return root.scope;
    }

    // Names of this scope, in the order in which they come.

    private void names(List<Stmt> statements) {
        statements.forEach(this::names);
    }

    private void names(Stmt statement) {
        switch (statement) {
            case Stmt.Print s -> load(s.value());
            case Stmt.If s -> branches(s);
            case Stmt.For s -> load(s.iterable());
            case Stmt.Assign s -> {
                load(s.value());
                store(s.target());
            }
            case Stmt.AssignBlock s -> store(s.target());
            case Stmt.MacroOf s -> store(s.name());
            case Stmt.CallBlock s -> {
                if (s.call() != null) {
                    load(s.call());
                }
            }
            case Stmt.FilterBlock s -> load(s.filter());
            case Stmt.With s -> s.values().forEach(this::load);
            case Stmt.Data s -> {
            }
            case Stmt.Block s -> {
            }
            case Stmt.Break s -> {
            }
            case Stmt.Continue s -> {
            }
            case Stmt.OtherTemplate s -> {
            }
        }
    }

    /** Each branch starts from what was known before; what only some of them assign may be the surrounding value. */
    private void branches(Stmt.If s) {
        load(s.branches().getFirst().test());
        Scope then = branch(() -> names(s.branches().getFirst().body()));
        Scope others = branch(() -> s.branches().stream().skip(1)
                .forEach(b -> branches(new Stmt.If(List.of(b), List.of()))));
        Scope otherwise = branch(() -> names(s.otherwise()));
        Set<String> stored = new HashSet<>();
        for (Scope branch : List.of(then, others, otherwise)) {
            branch.stored().stream().filter(name -> !scope.stores(name)).forEach(stored::add);
        }
        for (Scope branch : List.of(then, others, otherwise)) {
            scope.names().putAll(branch.names());
        }
        for (String name : stored) {
            scope.stored().add(name);
            scope.names().put(name, isKnownOutside(name) ? Origin.OUTER : Origin.CONTEXT);
        }
    }

    private Scope branch(Runnable visit) {
        Scope before = scope;
        Scope branch = new Scope(before);
        scope = branch;
        visit.run();
        scope = before;
        return branch;
    }

    private void store(Target target) {
        switch (target) {
            case Target.Variable t -> store(t.name());
            case Target.Several t -> t.targets().forEach(this::store);
            case Target.Field t -> load(t.namespace());
        }
    }

    private void store(String name) {
        scope.stored().add(name);
        if (!scope.has(name)) {
            scope.names().put(name, isKnownOutside(name) ? Origin.OUTER : Origin.NOTHING);
        }
    }

    private void parameter(Target target) {
        switch (target) {
            case Target.Variable t -> parameter(t.name());
            case Target.Several t -> t.targets().forEach(this::parameter);
            case Target.Field t -> throw new IllegalArgumentException("a field is no parameter");
        }
    }

    private void parameter(String name) {
        scope.stored().add(name);
        scope.names().put(name, Origin.PARAMETER);
    }

    private void load(Expr expression) {
        Names.in(expression, this::load);
    }

    private void load(String name) {
        if (!isKnown(name)) {
            scope.names().put(name, Origin.CONTEXT);
        }
    }

    private boolean isKnown(String name) {
        return scope.has(name) || isKnownOutside(name);
    }

    private boolean isKnownOutside(String name) {
        return outer != null && outer.isKnown(name);
    }

    // Scopes within this one.

    private void inner(List<Stmt> statements) {
        statements.forEach(this::inner);
    }

    private void inner(Stmt statement) {
        switch (statement) {
            case Stmt.If s -> {
                s.branches().forEach(b -> inner(b.body()));
                inner(s.otherwise());
            }
            case Stmt.For s -> loop(s);
            case Stmt.AssignBlock s -> {
                var inside = new Scopes(s.scope(), this);
                inside.names(s.body());
                if (s.filter() != null) {
                    inside.load(s.filter());
                }
                inside.inner(s.body());
            }
            case Stmt.MacroOf s -> macro(s.signature(), s.body(), s.scope());
            case Stmt.CallBlock s -> macro(s.signature(), s.body(), s.scope());
            case Stmt.FilterBlock s -> {
                var inside = new Scopes(s.scope(), this);
                inside.names(s.body());
                inside.load(s.filter());
                inside.inner(s.body());
            }
            case Stmt.With s -> {
                var inside = new Scopes(s.scope(), this);
                s.targets().forEach(inside::parameter);
                inside.names(s.body());
                inside.inner(s.body());
            }
            case Stmt.Block s -> {
                // A block sees the template's own names, whatever it stands in.
                var inside = new Scopes(s.scope(), s.scoped() ? this : null);
                inside.names(s.body());
                inside.inner(s.body());
            }
            case Stmt.Data s -> {
            }
            case Stmt.Print s -> {
            }
            case Stmt.Assign s -> {
            }
            case Stmt.Break s -> {
            }
            case Stmt.Continue s -> {
            }
            case Stmt.OtherTemplate s -> {
            }
        }
    }

    private void loop(Stmt.For s) {
        var body = new Scopes(s.scope(), this);
        body.parameter("loop");
        body.parameter(s.target());
        body.names(s.body());
        var otherwise = new Scopes(s.otherwiseScope(), this);
        otherwise.names(s.otherwise());
        if (s.filter() != null) {
            var filter = new Scopes(s.filterScope(), this);
            filter.parameter(s.target());
            filter.load(s.filter());
        }
        body.inner(s.body());
        otherwise.inner(s.otherwise());
    }

    private void macro(Signature signature, List<Stmt> body, Scope own) {
        var inside = new Scopes(own, this);
        List<String> parameters = new ArrayList<>(signature.names());
        if (signature.caller()) {
            parameters.add("caller");
        }
        if (signature.kwargs()) {
            parameters.add("kwargs");
        }
        if (signature.varargs()) {
            parameters.add("varargs");
        }
        parameters.forEach(inside::parameter);
        signature.defaults().forEach(inside::load);
        inside.names(body);
        inside.inner(body);
    }
}
