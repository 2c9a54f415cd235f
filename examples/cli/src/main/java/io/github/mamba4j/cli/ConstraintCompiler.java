package io.github.mamba4j.cli;

import io.github.mamba4j.engine.constrain.CompiledConstraint;
import io.github.mamba4j.engine.constrain.Constraint;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes constraints into rules for the tokens of one tokenizer. That takes time and memory, and the lines of a file of
 * prompts often have the same one: each is compiled once. Not thread-safe.
 */
final class ConstraintCompiler {
    private final Optional<? extends Tokenizer> tokenizer;
    private final Map<String, CompiledConstraint> regexes = new HashMap<>();
    private final Map<String, CompiledConstraint> schemas = new HashMap<>();

    /**
     * A compiler that has compiled nothing yet.
     *
     * @param tokenizer the tokenizer of the model; if there is none, every constraint is refused
     */
    ConstraintCompiler(Optional<? extends Tokenizer> tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Adds a regular expression to options, in place of any other constraint.
     *
     * @param pattern the expression
     * @param options the options
     * @return the options with the constraint
     * @throws IllegalArgumentException if it is none, or cannot be kept to with this tokenizer
     */
    GenerationOptions regex(String pattern, GenerationOptions options) {
        return with(regexes.computeIfAbsent(pattern, text -> compile(Constraint.regex(text))), options);
    }

    /**
     * Adds a JSON schema to options, in place of any other constraint.
     *
     * @param schema the schema, as JSON
     * @param options the options
     * @return the options with the constraint
     * @throws IllegalArgumentException if it is none, or cannot be kept to with this tokenizer
     */
    GenerationOptions jsonSchema(String schema, GenerationOptions options) {
        return with(schemas.computeIfAbsent(schema, text -> compile(Constraint.jsonSchema(text))), options);
    }

    /**
     * Adds a constraint to options, in place of any other.
     *
     * @param constraint the constraint
     * @param options the options
     * @return the options with the constraint
     * @throws IllegalArgumentException if it cannot be kept to with this tokenizer
     */
    GenerationOptions constraint(Constraint constraint, GenerationOptions options) {
        return with(compile(constraint), options);
    }

    private CompiledConstraint compile(Constraint constraint) {
        return constraint.compile(tokenizer.orElseThrow(() -> new IllegalArgumentException(
                "a regular expression or JSON schema needs a tokenizer, and the checkpoint has none: name one with "
                        + "--tokenizer")));
    }

    private static GenerationOptions with(CompiledConstraint constraint, GenerationOptions options) {
        return options.toBuilder().rules(List.of(constraint)).build();
    }
}
