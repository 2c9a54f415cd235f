/**
 * How a text becomes tokens: added tokens are found, what is between them is normalised, cut into words and given to a
 * {@link io.github.mamba4j.engine.tokenize.model.TokenModel}, and special tokens are put around, as Hugging Face's
 * {@code tokenizers} do it.
 *
 * <p>{@link io.github.mamba4j.engine.tokenize.pipeline.TextEncoder} is the whole of it. Its parts are immutable
 * descriptions ({@link io.github.mamba4j.engine.tokenize.pipeline.Normalizer},
 * {@link io.github.mamba4j.engine.tokenize.pipeline.Step}); a thread that encodes borrows a chain of stages made from
 * them, which work on {@link io.github.mamba4j.engine.tokenize.pipeline.Piece}s of the text.
 */
package io.github.mamba4j.engine.tokenize.pipeline;
