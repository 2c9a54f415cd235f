/**
 * The files that describe a tokenizer: {@code tokenizer.json}, and what stands beside it in {@code tokenizer_config.json},
 * {@code special_tokens_map.json} and {@code added_tokens.json}. All of them are read as streams with limits on
 * everything that is kept.
 */
package io.github.mamba4j.engine.tokenize.file;
