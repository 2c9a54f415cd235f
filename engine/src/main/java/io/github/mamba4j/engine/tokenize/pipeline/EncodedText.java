package io.github.mamba4j.engine.tokenize.pipeline;

/**
 * The tokens of a text and where they are in it.
 *
 * @param ids the token ids
 * @param starts by token: the index of its first char in the text
 * @param ends by token: the index after its last char; tokens that are put around a text begin and end at 0
 */
public record EncodedText(int[] ids, int[] starts, int[] ends) {}
