/**
 * The models of tokenizers: how a word becomes tokens.
 *
 * <p>A {@link io.github.mamba4j.engine.tokenize.model.TokenModel} is a byte-pair encoding, a unigram model or a plain
 * table; it is immutable and shared, and makes a {@link io.github.mamba4j.engine.tokenize.model.WordEncoder} for each
 * thread that works with it.
 */
package io.github.mamba4j.engine.tokenize.model;
