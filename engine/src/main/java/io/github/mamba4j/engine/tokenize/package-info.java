/**
 * Text to token ids and back.
 *
 * <p>Begin with {@link io.github.mamba4j.engine.tokenize.Tokenizer}, what the rest of the library asks of one;
 * {@link io.github.mamba4j.engine.tokenize.HfTokenizer} is one, from the {@code tokenizer.json} beside a checkpoint. For
 * text that is shown while it comes there is {@link io.github.mamba4j.engine.tokenize.IncrementalDecoder}.
 *
 * <p>Inside, a {@code TokenTableReader} finds out by a {@code TokenSpelling} which bytes a token stands for; encoding is
 * done by Hugging Face's own native code, which {@code NativeLimits} keeps from files that would end the process.
 */
package io.github.mamba4j.engine.tokenize;
