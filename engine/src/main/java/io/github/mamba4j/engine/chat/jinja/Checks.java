package io.github.mamba4j.engine.chat.jinja;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is wrong with a template whatever it is given: filters and tests that there are not, {@code break} outside of loops,
 * the name {@code loop} assigned to in a loop. Within {@code if} an unknown filter is no fault until it is reached, since
 * templates ask for it before.
 */
final class Checks {
    private final Set<String> blocks = new HashSet<>();

    private Checks() {}

    static void check(List<Stmt> template) {
        new Checks().statements(template, false, false);
    }

    private void statements(List<Stmt> statements, boolean inLoop, boolean inBranch) {
        statements.forEach(statement -> statement(statement, inLoop, inBranch));
    }

    private void statement(Stmt statement, boolean inLoop, boolean inBranch) {
        boolean branch = inBranch || statement instanceof Stmt.If;
        for (Expr expression : Names.expressions(statement)) {
            if (expression != null) {
                expression(expression, branch);
            }
        }
        switch (statement) {
            case Stmt.If s -> Names.bodies(s).forEach(body -> statements(body, inLoop, true));
            case Stmt.For s -> {
                if (Names.assigns(List.of(s), "loop"::equals)) {
                    throw new JinjaException("line " + s.line() + ": {% for %}: 'loop' cannot be assigned to", false);
                }
                statements(s.body(), true, false);
                statements(s.otherwise(), inLoop, false);
            }
            case Stmt.MacroOf s -> statements(s.body(), false, false);
            case Stmt.CallBlock s -> statements(s.body(), false, false);
            case Stmt.Block s -> {
                if (!blocks.add(s.name())) {
                    throw new JinjaException("line " + s.line() + ": the block '" + s.name() + "' is there twice",
                            false);
                }
                statements(s.body(), false, false);
            }
            case Stmt.Break s -> requireLoop(inLoop, "break");
            case Stmt.Continue s -> requireLoop(inLoop, "continue");
            default -> Names.bodies(statement).forEach(body -> statements(body, inLoop, false));
        }
    }

    private static void requireLoop(boolean inLoop, String tag) {
        if (!inLoop) {
            throw new JinjaException("{% " + tag + " %} stands outside of a loop", false);
        }
    }

    private static void expression(Expr expression, boolean inBranch) {
        if (inBranch) {
            return;
        }
        switch (expression) {
            case Expr.Conditional e -> {
                return;
            }
            case Expr.Filter e when !Filters.has(e.name()) -> throw error(e.line(), Filters.unknown(e.name()));
            case Expr.Test e when !Tests.has(e.name()) -> throw error(e.line(), Tests.unknown(e.name()));
            default -> Names.children(expression).forEach(child -> {
                if (child != null) {
                    expression(child, false);
                }
            });
        }
    }

    private static JinjaException error(int line, Failure failure) {
        return new JinjaException("line " + line + ": " + failure.getMessage(), false);
    }
}
