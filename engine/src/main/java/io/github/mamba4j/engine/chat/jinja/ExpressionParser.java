package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Expr.Args;
import io.github.mamba4j.engine.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Parses expressions. From loose to tight: {@code a if b else c}, {@code or}, {@code and}, {@code not}, comparisons and
 * {@code in}, {@code + -}, {@code ~}, {@code * / // %}, {@code **}, signs, then what follows a value: {@code .name},
 * {@code [index]}, {@code (arguments)}, and last {@code | filter} and {@code is test}, which bind to the value with its
 * sign.
 */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** One expression, or several with commas between them as a tuple. */
    Expr tuple(boolean conditional, String endName, boolean brackets) {
        List<Expr> elements = new ArrayList<>();
        boolean comma = false;
        while (!isTupleEnd(endName)) {
            elements.add(conditional ? expression() : or());
            if (!tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (comma || elements.isEmpty() && brackets) {
            return new Expr.TupleOf(List.copyOf(elements));
        }
        if (elements.isEmpty()) {
            throw tokens.error("expected an expression, found " + tokens.current().shown());
        }
        return elements.getFirst();
    }

    private boolean isTupleEnd(String endName) {
        return tokens.is(Kind.PRINT_END) || tokens.is(Kind.TAG_END) || tokens.current().isOperator(")")
                || endName != null && tokens.current().isName(endName);
    }

    /** One expression. */
    Expr expression() {
        tokens.enter();
        Expr value = or();
        while (tokens.skipName("if")) {
            Expr test = or();
            Expr otherwise = tokens.skipName("else") ? expression() : null;
            value = new Expr.Conditional(test, value, otherwise);
        }
        tokens.leave();
        return value;
    }

    /** An expression that is not conditional. */
    Expr or() {
        Expr left = and();
        for (int n = 0; tokens.skipName("or"); n = tokens.link(n)) {
            left = new Expr.Or(left, and());
        }
        return left;
    }

    private Expr and() {
        Expr left = not();
        for (int n = 0; tokens.skipName("and"); n = tokens.link(n)) {
            left = new Expr.And(left, not());
        }
        return left;
    }

    private Expr not() {
        if (!tokens.skipName("not")) {
            return comparison();
        }
        tokens.enter();
        Expr operand = not();
        tokens.leave();
        return new Expr.Not(operand);
    }

    private Expr comparison() {
        int line = tokens.line();
        Expr first = sum();
        List<Expr.Operand> rest = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                tokens.next();
                rest.add(new Expr.Operand(token.text(), sum()));
            } else if (tokens.skipName("in")) {
                rest.add(new Expr.Operand("in", sum()));
            } else if (token.isName("not") && tokens.look().isName("in")) {
                tokens.next();
                tokens.next();
                rest.add(new Expr.Operand("not in", sum()));
            } else {
                return rest.isEmpty() ? first : new Expr.Comparison(first, List.copyOf(rest), line);
            }
        }
    }

    private Expr sum() {
        Expr left = concat();
        for (int n = 0; tokens.current().isOperator("+") || tokens.current().isOperator("-"); n = tokens.link(n)) {
            Token operator = tokens.next();
            left = new Expr.Binary(operator.text(), left, concat(), operator.line());
        }
        return left;
    }

    private Expr concat() {
        Expr first = product();
        if (!tokens.current().isOperator("~")) {
            return first;
        }
        List<Expr> parts = new ArrayList<>(List.of(first));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return new Expr.Concat(List.copyOf(parts));
    }

    private Expr product() {
        Expr left = power();
        for (int n = 0; tokens.current().isOperator("*") || tokens.current().isOperator("/")
                || tokens.current().isOperator("//") || tokens.current().isOperator("%"); n = tokens.link(n)) {
            Token operator = tokens.next();
            left = new Expr.Binary(operator.text(), left, power(), operator.line());
        }
        return left;
    }

    private Expr power() {
        Expr left = signed(true);
        for (int n = 0; tokens.current().isOperator("**"); n = tokens.link(n)) {
            Token operator = tokens.next();
            left = new Expr.Binary("**", left, signed(true), operator.line());
        }
        return left;
    }

    private Expr signed(boolean withFilters) {
        Token token = tokens.current();
        Expr value;
        if (token.isOperator("-") || token.isOperator("+")) {
            tokens.next();
            tokens.enter();
            value = new Expr.Signed(token.isOperator("-"), signed(false), token.line());
            tokens.leave();
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilters ? filtersAndTests(value) : value;
    }

    /** A name, a literal or something in brackets. */
    Expr primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> switch (token.text()) {
                case "true", "True" -> new Expr.Const(true);
                case "false", "False" -> new Expr.Const(false);
                case "none", "None" -> new Expr.Const(null);
                default -> new Expr.Name(token.text(), token.line());
            };
            case TEXT -> {
                StringBuilder text = new StringBuilder((String) token.value());
                while (tokens.is(Kind.TEXT)) {
                    text.append((String) tokens.next().value());
                }
                yield new Expr.Const(text.toString());
            }
            case INTEGER, FLOAT -> new Expr.Const(token.value());
            case OPERATOR -> bracketed(token);
            case DATA, PRINT_BEGIN, PRINT_END, TAG_BEGIN, TAG_END, END ->
                throw tokens.error("expected an expression, found " + token.shown(), token.line());
        };
    }

    private Expr bracketed(Token token) {
        switch (token.text()) {
            case "(" -> {
                Expr value = tuple(true, null, true);
                tokens.expectOperator(")");
                return value;
            }
            case "[" -> {
                List<Expr> elements = new ArrayList<>();
                while (!tokens.skipOperator("]")) {
                    elements.add(expression());
                    if (!tokens.current().isOperator("]")) {
                        tokens.expectOperator(",");
                    }
                }
                return new Expr.ListOf(List.copyOf(elements));
            }
            case "{" -> {
                return dictionary();
            }
            default ->
                throw tokens.error("expected an expression, found " + token.shown(), token.line());
        }
    }

    private Expr dictionary() {
        List<Expr> keys = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
            if (!tokens.current().isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Expr.DictOf(List.copyOf(keys), List.copyOf(values));
    }

    private Expr postfix(Expr start) {
        Expr value = start;
        for (int n = 0;; n = tokens.link(n)) {
            if (tokens.current().isOperator(".")) {
                value = attribute(value);
            } else if (tokens.current().isOperator("[")) {
                value = subscript(value);
            } else if (tokens.current().isOperator("(")) {
                value = call(value);
            } else {
                return value;
            }
        }
    }

    private Expr filtersAndTests(Expr start) {
        Expr value = start;
        for (int n = 0;; n = tokens.link(n)) {
            if (tokens.current().isOperator("|")) {
                value = filters(value);
            } else if (tokens.current().isName("is")) {
                value = test(value);
            } else if (tokens.current().isOperator("(")) {
                value = call(value);
            } else {
                return value;
            }
        }
    }

    private Expr attribute(Expr object) {
        int line = tokens.next().line();
        if (tokens.is(Kind.INTEGER)) {
            return new Expr.Item(object, new Expr.Const(tokens.next().value()), line);
        }
        return new Expr.Attribute(object, tokens.expect(Kind.NAME).text(), line);
    }

    private Expr subscript(Expr object) {
        int line = tokens.next().line();
        Expr from = tokens.current().isOperator(":") ? null : expression();
        Expr value;
        if (tokens.skipOperator(":")) {
            Expr to = bound();
            Expr step = tokens.skipOperator(":") ? bound() : null;
            value = new Expr.Slice(object, from, to, step, line);
        } else if (tokens.current().isOperator(",")) {
            List<Expr> elements = new ArrayList<>(List.of(from));
            while (tokens.skipOperator(",") && !tokens.current().isOperator("]")) {
                elements.add(expression());
            }
            value = new Expr.Item(object, new Expr.TupleOf(List.copyOf(elements)), line);
        } else {
            value = new Expr.Item(object, from, line);
        }
        tokens.expectOperator("]");
        return value;
    }

    private Expr bound() {
        return tokens.current().isOperator(":") || tokens.current().isOperator("]") ? null : expression();
    }

    private Expr.Call call(Expr callee) {
        int line = tokens.line();
        return new Expr.Call(callee, arguments(), line);
    }

    private Args arguments() {
        int line = tokens.line();
        tokens.expectOperator("(");
        List<Expr> positional = new ArrayList<>();
        List<Expr.Named> named = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Expr star = null;
        Expr stars = null;
        while (!tokens.skipOperator(")")) {
            boolean ordered;
            if (tokens.skipOperator("*")) {
                ordered = star == null && stars == null;
                star = expression();
            } else if (tokens.skipOperator("**")) {
                ordered = stars == null;
                stars = expression();
            } else if (tokens.is(Kind.NAME) && tokens.look().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                ordered = stars == null && names.add(name);
                named.add(new Expr.Named(name, expression()));
            } else {
                ordered = star == null && stars == null && named.isEmpty();
                positional.add(expression());
            }
            if (!ordered) {
                throw tokens.error("an argument is given twice, or after those that must be last", line);
            }
            if (!tokens.current().isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Args(List.copyOf(positional), List.copyOf(named), star, stars);
    }

    /** Filters that begin with {@code |}; null if there is none and no input. */
    Expr filters(Expr input) {
        Expr value = input;
        for (int n = 0; tokens.skipOperator("|"); n = tokens.link(n)) {
            value = filter(value);
        }
        return value;
    }

    /** A filter's name and arguments. */
    Expr filter(Expr input) {
        int line = tokens.line();
        String name = dottedName();
        Args args = tokens.current().isOperator("(") ? arguments() : Args.NONE;
        return new Expr.Filter(input, name, args, line);
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(tokens.expect(Kind.NAME).text());
        while (tokens.skipOperator(".")) {
            name.append('.').append(tokens.expect(Kind.NAME).text());
        }
        return name.toString();
    }

    private Expr test(Expr input) {
        int line = tokens.next().line();
        boolean negated = tokens.skipName("not");
        String name = dottedName();
        Args args = Args.NONE;
        if (tokens.current().isOperator("(")) {
            args = arguments();
        } else if (beginsArgument(tokens.current())) {
            if (tokens.current().isName("is")) {
                throw tokens.error("a test follows a test: expected brackets around the first");
            }
            args = new Args(List.of(postfix(primary())), List.of(), null, null);
        }
        Expr test = new Expr.Test(input, name, args, line);
        return negated ? new Expr.Not(test) : test;
    }

    private static boolean beginsArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !token.text().equals("else") && !token.text().equals("or") && !token.text().equals("and");
            case TEXT, INTEGER, FLOAT -> true;
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            case DATA, PRINT_BEGIN, PRINT_END, TAG_BEGIN, TAG_END, END -> false;
        };
    }
}
