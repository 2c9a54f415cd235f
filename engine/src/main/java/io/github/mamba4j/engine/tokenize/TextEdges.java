package io.github.mamba4j.engine.tokenize;

/**
 * What is taken away at the ends of a decoded text, because the tokenizer put it there when it encoded the text.
 *
 * @param content the character that is taken away
 * @param start how often at most at the beginning
 * @param stop how often at most at the end
 */
public record TextEdges(char content, int start, int stop) {
    /** Nothing is taken away. */
    public static final TextEdges NONE = new TextEdges(' ', 0, 0);
    /** A space at the beginning. */
    public static final TextEdges LEADING_SPACE = new TextEdges(' ', 1, 0);
}
