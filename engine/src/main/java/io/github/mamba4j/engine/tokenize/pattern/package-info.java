/**
 * The patterns by which tokenizers cut texts, matched in linear time.
 *
 * <p>A pattern is a text in the syntax of Oniguruma, of which
 * {@link io.github.mamba4j.engine.tokenize.pattern.PatternParser} knows what published tokenizers use.
 * {@link io.github.mamba4j.engine.tokenize.pattern.TextPattern} compiles it to instructions, and a
 * {@link io.github.mamba4j.engine.tokenize.pattern.PatternMatcher} runs them as an automaton whose states are made when
 * they are first reached. Nothing backtracks: whatever the pattern and the text, the work is bounded by the text's length.
 */
package io.github.mamba4j.engine.tokenize.pattern;
