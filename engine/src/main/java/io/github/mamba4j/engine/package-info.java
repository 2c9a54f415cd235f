/**
 * Mamba models that run: one forward pass over ragged rows, and the state that a sequence carries.
 *
 * <p>Who wants text begins with {@link io.github.mamba4j.engine.generate.TextGenerator}, which needs a model and little
 * else of this package. Who wants logits reads on here, in this order:
 *
 * <ol>
 * <li>{@link io.github.mamba4j.engine.MambaModel}: loads a checkpoint; {@code prefill} feeds a prompt, {@code step} one
 * token. Shared by all threads. {@link io.github.mamba4j.engine.ModelOptions} say how it is run.
 * <li>{@link io.github.mamba4j.engine.MambaState}: all that is remembered of one sequence; it is copied to fork, and saved
 * to go on another day. {@link io.github.mamba4j.engine.StateFormatException} says why a saved one is refused.
 * <li>{@link io.github.mamba4j.engine.Batch}: the tokens of any number of sequences, which go through the model together.
 * A prompt, a part of a prompt, a single decoding step and a mixture of them are all the same call;
 * {@link io.github.mamba4j.engine.LogitsFor} tells which tokens want logits.
 * <li>{@link io.github.mamba4j.engine.ForwardObserver}: looks into the pass.
 * </ol>
 *
 * <p>({@link io.github.mamba4j.engine.AtomicFile} is how this library, and programs with it, replace files.) The bits of
 * every logit depend on the weights and on the sequence's own tokens alone.
 *
 * <p>The packages beside this one: {@code tokenize} (text and tokens), {@code generate} (prompts to texts),
 * {@code constrain} (texts that match an expression or a schema), {@code chat} (conversations), {@code inspect} (what a
 * model makes of a text inside), {@code djl} and {@code nd4j} (the same models in other libraries). Each names the type to
 * begin with.
 *
 * <p>Who follows the data through the sources begins with {@code ForwardPass} and meets {@code Embedding}, then for each
 * layer a {@code MambaBlock} ({@code RmsNorm}, {@code MambaMixer}, residual sum), then {@code RmsNorm} and
 * {@code LmHead}.
 */
package io.github.mamba4j.engine;
