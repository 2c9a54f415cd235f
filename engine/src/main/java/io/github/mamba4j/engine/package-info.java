/**
 * Mamba models that run: one forward pass over ragged rows, and the state that a sequence carries.
 *
 * <p>A model ({@link io.github.mamba4j.engine.MambaModel}) is shared; a state
 * ({@link io.github.mamba4j.engine.MambaState}) belongs to one sequence. The tokens of any number of sequences go
 * through the model together as a {@link io.github.mamba4j.engine.Batch}: a prompt, a part of a prompt, a single
 * decoding step and a mixture of them are all the same call. The bits of every logit depend on the weights and on the
 * sequence's own tokens alone.
 *
 * <p>Who follows the data through the sources begins with {@code ForwardPass} and meets {@code Embedding}, then for each
 * layer a {@code MambaBlock} ({@code RmsNorm}, {@code MambaMixer}, residual sum), then {@code RmsNorm} and
 * {@code LmHead}.
 */
package io.github.mamba4j.engine;
