package io.github.mamba4j.engine.chat.jinja;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A parsed template. Immutable and thread-safe.
 *
 * <p>The language is that of jinja2 3.1 as transformers sets it up for chat templates: {@code trim_blocks} and
 * {@code lstrip_blocks}, the tags {@code break}, {@code continue} and {@code generation}, the functions
 * {@code raise_exception} and {@code strftime_now}, {@code tojson} as Python's {@code json.dumps} without escapes for what
 * is not ASCII, and a sandbox in which lists and dictionaries cannot be changed. Not offered, and refused by name, are other
 * templates, {@code autoescape}, random values, and what prints an address.
 *
 * <p>A template is a program of a stranger. It reaches neither files nor Java objects, and its steps, its texts, its lists,
 * its numbers and its depth are limited within expressions too; the limits of texts grow with what the caller passes in.
 */
public final class JinjaProgram {
    private final List<Stmt> statements;
    private final Scope scope;

    private JinjaProgram(List<Stmt> statements, Scope scope) {
        this.statements = statements;
        this.scope = scope;
    }

    /**
     * Parses a template.
     *
     * @param source the template, of at most 262,144 chars
     * @return the program
     * @throws JinjaException if it is too long, cannot be parsed, or uses what is not offered
     */
    public static JinjaProgram parse(String source) {
        if (source.length() > Budget.MAX_SOURCE) {
            throw new JinjaException("expected at most " + Budget.MAX_SOURCE + " characters, found "
                    + source.length(), false);
        }
        try {
            List<Stmt> statements = StatementParser.parse(source);
            Checks.check(statements);
            return new JinjaProgram(statements, Scopes.resolve(statements));
        } catch (StackOverflowError e) {
            throw new JinjaException("it is nested too deeply", false);
        }
    }

    /**
     * Runs the template.
     *
     * @param variables what it is given, by name: texts, numbers, booleans, null, lists of such, and maps from texts to such
     * @param now what {@code strftime_now} gives
     * @return what it writes
     * @throws JinjaException if it fails, refuses the variables, or exceeds its limits
     * @throws IllegalArgumentException if a variable is something else, or nested deeper than 100 levels
     */
    public String render(Map<String, ?> variables, LocalDateTime now) {
        var inputs = new Inputs();
        inputs.measure(variables, 0);
        var budget = new Budget(inputs.chars());
        Map<String, Object> values = new HashMap<>();
        var run = new Run(values, now, budget);
        run.variables().putAll(Globals.of(run));
        try {
            variables.forEach((name, value) -> run.variables().put(name, Inputs.value(value, budget)));
            return StatementRunner.run(statements, scope, run);
        } catch (Failure e) {
            throw e.isRefusal()
                    ? new JinjaException(e.getMessage(), true)
                    : new JinjaException("line " + run.line() + ", " + run.construct() + ": " + e.getMessage(), false);
        } catch (StackOverflowError e) {
            throw new JinjaException("line " + run.line() + ", " + run.construct() + ": it is nested too deeply",
                    false);
        } catch (OutOfMemoryError e) {
            throw new JinjaException("line " + run.line() + ", " + run.construct() + ": there is not enough memory",
                    false);
        }
    }
}
