/**
 * The language of chat templates: Jinja as transformers offers it, with {@code trim_blocks}, {@code lstrip_blocks}, loop
 * controls, the {@code generation} tag and the immutable sandbox.
 *
 * <p>{@link io.github.mamba4j.engine.chat.jinja.JinjaProgram} is the whole interface. Behind it a {@code Lexer} cuts the
 * source, the parsers make {@code Stmt} and {@code Expr} records of it, {@code Scopes} finds out where each name is kept,
 * and {@code StatementRunner} and {@code Evaluator} run it on Python's values. What is not offered is refused by name: a
 * wrong prompt is worse than none.
 */
package io.github.mamba4j.engine.chat.jinja;
