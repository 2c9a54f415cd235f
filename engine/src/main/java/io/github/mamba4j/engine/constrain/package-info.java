/**
 * Constrained decoding: generated text that matches a regular expression or a JSON schema.
 *
 * <p>Begin with {@link io.github.mamba4j.engine.constrain.Constraint}. It becomes an automaton over
 * bytes (a {@code Network}: nondeterministic, with calls for nested and recursive schemas), which runs deterministically
 * on sets of readings (a {@code Machine}). Compiled for a tokenizer it is a
 * {@link io.github.mamba4j.engine.constrain.CompiledConstraint}, a logits processor that knows which tokens can follow
 * each state; a {@link io.github.mamba4j.engine.constrain.ConstraintSession} follows one text.
 */
package io.github.mamba4j.engine.constrain;
