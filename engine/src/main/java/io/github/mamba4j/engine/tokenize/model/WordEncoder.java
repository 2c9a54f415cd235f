package io.github.mamba4j.engine.tokenize.model;

/** Encodes words. Not thread-safe. */
public interface WordEncoder {
    /**
     * Appends the tokens of a word.
     *
     * @param chars where the word is
     * @param from its first character
     * @param to the end
     * @param into where the tokens go, with their ends counted from {@code from}
     */
    void encode(char[] chars, int from, int to, TokenBuffer into);
}
