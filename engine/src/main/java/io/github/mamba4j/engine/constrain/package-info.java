/**
 * Constrained decoding: generated text that matches a regular expression or a JSON schema.
 *
 * <p>
 * A {@link io.github.mamba4j.engine.constrain.Constraint} becomes an automaton over bytes (nondeterministic, with calls
 * for nested and recursive schemas), which runs deterministically on sets of readings; a
 * {@link io.github.mamba4j.engine.constrain.CompiledConstraint} knows which tokens of a vocabulary can follow each state;
 * a {@link io.github.mamba4j.engine.constrain.ConstraintSession} follows one text.
 */
package io.github.mamba4j.engine.constrain;
