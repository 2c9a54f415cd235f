package io.github.mamba4j.engine.tokenize;

/**
 * The tokens of a text and where they are in it.
 *
 * @param ids the token ids
 * @param starts by token: the index of its first char in the text
 * @param ends by token: the index after its last char. Tokens of parts of a character have the bounds of the whole
 *     character; special tokens that are put around a text begin and end at 0
 */
public record TokenizedText(int[] ids, int[] starts, int[] ends) {}
