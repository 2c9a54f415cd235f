/**
 * From prompts to texts.
 *
 * <p>Begin with {@link io.github.mamba4j.engine.generate.TextGenerator}. It takes a prompt with
 * {@link io.github.mamba4j.engine.generate.GenerationOptions}, or a
 * {@link io.github.mamba4j.engine.generate.GenerationRequest} that can also go on from a state, and gives a
 * {@link io.github.mamba4j.engine.generate.GenerationResult}; a list of requests gives a list of
 * {@link io.github.mamba4j.engine.generate.GenerationOutcome}s; a
 * {@link io.github.mamba4j.engine.generate.GenerationStream} gives the text in
 * {@link io.github.mamba4j.engine.generate.TextChunk}s as it comes.
 *
 * <p>For more: {@link io.github.mamba4j.engine.generate.LogitsProcessor} (rules of one's own),
 * {@link io.github.mamba4j.engine.generate.PrefixCache} (prompts that begin alike),
 * {@link io.github.mamba4j.engine.generate.BeamOptions} (beam search),
 * {@link io.github.mamba4j.engine.generate.Scorer} and {@link io.github.mamba4j.engine.generate.Embedder} (whole texts).
 */
package io.github.mamba4j.engine.generate;
