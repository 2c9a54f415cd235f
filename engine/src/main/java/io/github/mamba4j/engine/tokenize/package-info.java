/**
 * Text to token ids and back.
 *
 * <p>Begin with {@link io.github.mamba4j.engine.tokenize.Tokenizer}, what the rest of the library asks of one;
 * {@link io.github.mamba4j.engine.tokenize.HfTokenizer} is one, from the {@code tokenizer.json} beside a checkpoint. For
 * text that is shown while it comes there is {@link io.github.mamba4j.engine.tokenize.IncrementalDecoder}.
 *
 * <p>Inside, {@link io.github.mamba4j.engine.tokenize.file} reads the files,
 * {@link io.github.mamba4j.engine.tokenize.pipeline} turns texts into tokens with the models of
 * {@link io.github.mamba4j.engine.tokenize.model} and the patterns of
 * {@link io.github.mamba4j.engine.tokenize.pattern}, and a {@code TokenTable} finds out by a {@code TokenSpelling} which
 * bytes a token stands for. What is not known in Java is left to Hugging Face's native code, which a
 * {@code NativeAllowList} keeps from files that would end the process.
 */
package io.github.mamba4j.engine.tokenize;
