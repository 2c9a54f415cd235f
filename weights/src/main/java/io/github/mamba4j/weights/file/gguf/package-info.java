/**
 * GGUF, the file format of llama.cpp: {@link io.github.mamba4j.weights.file.gguf.GgufFile} reads it,
 * {@link io.github.mamba4j.weights.file.gguf.GgufWriter} writes it, and
 * {@link io.github.mamba4j.weights.file.gguf.GgufTokenizer} turns the tokenizer inside into the files that Hugging Face
 * keeps one in.
 *
 * <p>A file is: the letters GGUF, a version, the number of tensors and of metadata entries; the entries, each a name, a
 * type and a value; the tensors, each a name, dimensions, a type and an offset; then the data, which begins at a multiple
 * of the alignment. Everything is little-endian.
 */
package io.github.mamba4j.weights.file.gguf;
