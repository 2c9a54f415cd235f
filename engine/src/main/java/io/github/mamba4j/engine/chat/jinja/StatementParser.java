package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Stmt.Signature;
import io.github.mamba4j.engine.chat.jinja.Stmt.Target;
import io.github.mamba4j.engine.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parses the tags of a template. */
final class StatementParser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;

    private StatementParser(List<Token> tokens) {
        this.tokens = new TokenStream(tokens);
        expressions = new ExpressionParser(this.tokens);
    }

    /**
     * Parses a template.
     *
     * @param source the template
     * @return what it does
     * @throws JinjaException naming the line, if it cannot be parsed
     */
    static List<Stmt> parse(String source) {
        return new StatementParser(Lexer.tokens(source)).statements("the template", 1);
    }

    /** Statements up to a tag with one of the names, which is the current token then. */
    private List<Stmt> statements(String tag, int line, String... ends) {
        tokens.enter();
        List<Stmt> all = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            switch (token.kind()) {
                case DATA -> all.add(new Stmt.Data(tokens.next().text()));
                case PRINT_BEGIN -> {
                    tokens.next();
                    all.add(new Stmt.Print(expressions.tuple(true, null, false), token.line()));
                    tokens.expect(Kind.PRINT_END);
                }
                case TAG_BEGIN -> {
                    tokens.next();
                    if (isEnd(ends)) {
                        tokens.leave();
                        return List.copyOf(all);
                    }
                    all.add(statement());
                    tokens.expect(Kind.TAG_END);
                }
                default -> {
                    if (ends.length > 0) {
                        throw tokens.error("{% " + tag + " %} has no {% " + ends[ends.length - 1] + " %}", line);
                    }
                    tokens.leave();
                    return List.copyOf(all);
                }
            }
        }
    }

    private boolean isEnd(String[] ends) {
        for (String end : ends) {
            if (tokens.current().isName(end)) {
                return true;
            }
        }
        return false;
    }

    /** The body of a tag, up to the tag that ends it. */
    private List<Stmt> body(String tag, int line, String... ends) {
        tokens.skipOperator(":");
        tokens.expect(Kind.TAG_END);
        List<Stmt> body = statements(tag, line, ends);
        return body;
    }

    private List<Stmt> wholeBody(String tag, int line) {
        List<Stmt> body = body(tag, line, "end" + tag);
        tokens.next();
        return body;
    }

    private Stmt statement() {
        Token tag = tokens.expect(Kind.NAME);
        int line = tag.line();
        return switch (tag.text()) {
            case "if" -> conditional(line);
            case "for" -> loop(line);
            case "set" -> assignment(line);
            case "macro" -> {
                String name = name();
                Signature signature = signature();
                List<Stmt> body = wholeBody("macro", line);
                yield new Stmt.MacroOf(name, signature.over(body), body, new Scope(), line);
            }
            case "call" -> callBlock(line);
            case "filter" -> {
                Expr filter = expressions.filters(expressions.filter(null));
                yield new Stmt.FilterBlock(filter, wholeBody("filter", line), new Scope(), line);
            }
            case "with" -> with(line);
            case "block" -> block(line);
            case "generation" -> new Stmt.CallBlock(null, Signature.NONE,
                    wholeBody("generation", line), new Scope(), line);
            case "print" -> print(line);
            case "break" -> new Stmt.Break();
            case "continue" -> new Stmt.Continue();
            case "include", "import", "from", "extends" -> {
                while (!tokens.is(Kind.TAG_END)) {
                    tokens.next();
                }
                yield new Stmt.OtherTemplate(tag.text(), line);
            }
            default -> throw tokens.error("the tag '" + tag.text() + "' is not offered to chat templates", line);
        };
    }

    private Stmt conditional(int line) {
        List<Stmt.Branch> branches = new ArrayList<>();
        int from = line;
        while (true) {
            Expr test = expressions.tuple(false, null, false);
            branches.add(new Stmt.Branch(test, body("if", line, "elif", "else", "endif"), from));
            from = tokens.line();
            String end = tokens.next().text();
            if (end.equals("else")) {
                return new Stmt.If(List.copyOf(branches), wholeBody("if", line));
            }
            if (end.equals("endif")) {
                return new Stmt.If(List.copyOf(branches), List.of());
            }
        }
    }

    private Stmt loop(int line) {
        Target target = target("in", false);
        tokens.expectName("in");
        Expr iterable = expressions.tuple(false, "recursive", false);
        Expr filter = tokens.skipName("if") ? expressions.expression() : null;
        boolean recursive = tokens.skipName("recursive");
        List<Stmt> body = body("for", line, "else", "endfor");
        List<Stmt> otherwise = tokens.next().text().equals("else") ? wholeBody("for", line) : List.of();
        return new Stmt.For(target, iterable, filter, recursive, body, otherwise, new Scope(), new Scope(),
                new Scope(), line);
    }

    private Stmt assignment(int line) {
        Target target = target(null, true);
        if (tokens.skipOperator("=")) {
            return new Stmt.Assign(target, expressions.tuple(true, null, false), line);
        }
        Expr filter = expressions.filters(null);
        return new Stmt.AssignBlock(target, filter, wholeBody("set", line), new Scope(), line);
    }

    private Stmt callBlock(int line) {
        Signature signature = tokens.current().isOperator("(")
                ? signature()
                : Signature.NONE;
        if (!(expressions.expression() instanceof Expr.Call call)) {
            throw tokens.error("{% call %}: expected a call, found another expression", line);
        }
        List<Stmt> body = wholeBody("call", line);
        return new Stmt.CallBlock(call, signature.over(body), body, new Scope(), line);
    }

    private Stmt with(int line) {
        List<Target> targets = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!tokens.is(Kind.TAG_END)) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(target(null, false));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Stmt.With(List.copyOf(targets), List.copyOf(values), wholeBody("with", line), new Scope(), line);
    }

    private Stmt block(int line) {
        String name = tokens.expect(Kind.NAME).text();
        boolean scoped = tokens.skipName("scoped");
        if (tokens.current().isName("required")) {
            throw tokens.error("a required block needs another template, and there is none");
        }
        List<Stmt> body = wholeBody("block", line);
        tokens.skipName(name);
        return new Stmt.Block(name, scoped, body, new Scope(), line);
    }

    private Stmt print(int line) {
        List<Expr> parts = new ArrayList<>();
        while (!tokens.is(Kind.TAG_END)) {
            if (!parts.isEmpty()) {
                tokens.expectOperator(",");
            }
            parts.add(expressions.expression());
        }
        return new Stmt.Print(new Expr.Concat(List.copyOf(parts)), line);
    }

    private Signature signature() {
        List<String> names = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        Set<String> all = new HashSet<>();
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            if (!names.isEmpty()) {
                tokens.expectOperator(",");
            }
            int line = tokens.line();
            String name = name();
            names.add(name);
            if (!all.add(name)) {
                throw tokens.error("the parameter '" + name + "' is there twice", line);
            }
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.error("the parameter '" + name + "' needs a default, as the one before has", line);
            }
        }
        if (names.contains("caller") && names.indexOf("caller") < names.size() - defaults.size()) {
            throw tokens.error("the parameter 'caller' needs a default");
        }
        return new Signature(List.copyOf(names), List.copyOf(defaults), false, false, false);
    }

    private String name() {
        int line = tokens.line();
        String name = tokens.expect(Kind.NAME).text();
        check(name, line);
        return name;
    }

    private void check(String name, int line) {
        if (Set.of("true", "false", "none", "True", "False", "None").contains(name)) {
            throw tokens.error("'" + name + "' cannot be assigned to", line);
        }
    }

    /** A variable, several, or an attribute of a namespace. */
    private Target target(String endName, boolean withFields) {
        List<Target> targets = new ArrayList<>();
        boolean comma = false;
        while (!tokens.is(Kind.TAG_END) && !tokens.current().isOperator(")")
                && !(endName != null && tokens.current().isName(endName))) {
            targets.add(oneTarget(withFields));
            if (!tokens.skipOperator(",")) {
                break;
            }
            comma = true;
        }
        if (targets.isEmpty()) {
            throw tokens.error("expected a name, found " + tokens.current().shown());
        }
        return comma ? new Target.Several(List.copyOf(targets)) : targets.getFirst();
    }

    private Target oneTarget(boolean withFields) {
        int line = tokens.line();
        if (tokens.skipOperator("(")) {
            tokens.enter();
            Target inner = target(null, withFields);
            tokens.leave();
            tokens.expectOperator(")");
            return inner;
        }
        String name = name();
        if (withFields && tokens.skipOperator(".")) {
            return new Target.Field(name, tokens.expect(Kind.NAME).text());
        }
        check(name, line);
        return new Target.Variable(name);
    }
}
