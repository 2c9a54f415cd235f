package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Token.Kind;
import java.util.List;

/** The tokens that a parser has before it. */
final class TokenStream {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_CHAIN = 500;

    private final List<Token> tokens;
    private int at;
    private int depth;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token look() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    int line() {
        return current().line();
    }

    boolean skipName(String name) {
        boolean found = current().isName(name);
        if (found) {
            next();
        }
        return found;
    }

    boolean skipOperator(String operator) {
        boolean found = current().isOperator(operator);
        if (found) {
            next();
        }
        return found;
    }

    boolean is(Kind kind) {
        return current().kind() == kind;
    }

    Token expect(Kind kind) {
        if (current().kind() != kind) {
            throw error("expected " + kind.shown() + ", found " + current().shown());
        }
        return next();
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw error("expected '" + operator + "', found " + current().shown());
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw error("expected '" + name + "', found " + current().shown());
        }
    }

    /** Adds a link to a chain of operators, filters or the like, which is as deep as it is long. */
    int link(int links) {
        if (links >= MAX_CHAIN) {
            throw error("an expression is too long: expected at most " + MAX_CHAIN + " operators in a row");
        }
        return links + 1;
    }

    /** Goes one level deeper. */
    void enter() {
        if (++depth > MAX_DEPTH) {
            throw error("nested too deeply: expected at most " + MAX_DEPTH + " levels");
        }
    }

    /** Comes back. */
    void leave() {
        depth--;
    }

    JinjaException error(String what) {
        return error(what, line());
    }

    JinjaException error(String what, int line) {
        return new JinjaException("line " + line + ": " + what, false);
    }
}
