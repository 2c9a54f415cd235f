package io.github.mamba4j.engine.tokenize;

import java.nio.charset.StandardCharsets;

/**
 * Text to token ids and back. Implementations are safe to share between threads.
 *
 * <p>Every token stands for a sequence of bytes; a text is what the bytes of its tokens say in UTF-8. A single token may
 * be a part of a character.
 */
public interface Tokenizer {
    /**
     * The tokens of a text, with the special tokens that the tokenizer puts around a text by itself, as a model was
     * trained on it. A special token that is spelled out in the text becomes that token.
     *
     * @param text any text; may be empty. Lone surrogates, which no encoding can express, count as U+FFFD
     * @return the token ids; may be empty
     */
    default int[] encode(String text) {
        return encode(text, true);
    }

    /**
     * The tokens of a text.
     *
     * @param text any text; may be empty
     * @param addSpecialTokens whether the tokenizer adds special tokens around it; false for a text that goes on from
     *     another
     * @return the token ids; may be empty
     */
    int[] encode(String text, boolean addSpecialTokens);

    /**
     * The tokens of a text that goes on from another, so that nothing is put before it: no special tokens, and no space
     * that the joined text would not have at this place.
     *
     * @param text any text; may be empty
     * @return the token ids; may be empty
     */
    default int[] encodeContinuation(String text) {
        return encode(text, false);
    }

    /**
     * The tokens of a text.
     *
     * @param text any text; may be empty
     * @param options how it is encoded
     * @return the token ids; may be empty
     * @throws UnsupportedOperationException if special tokens are not to be recognised, and this tokenizer has no way to
     *     do that
     */
    default int[] encode(String text, EncodeOptions options) {
        if (!options.recogniseSpecialTokens()) {
            throw new UnsupportedOperationException("this tokenizer always recognises special tokens in a text");
        }
        return options.continuation() && !options.addSpecialTokens()
                ? encodeContinuation(text)
                : encode(text, options.addSpecialTokens());
    }

    /**
     * The text of a sequence of tokens. Special tokens and ids that the tokenizer does not know are left out; bytes that
     * are not UTF-8 become U+FFFD.
     *
     * @param ids token ids
     * @return the text
     */
    default String decode(int... ids) {
        IncrementalDecoder decoder = new IncrementalDecoder(this);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
            text.append(decoder.feed(id));
        }
        return text.append(decoder.finish()).toString();
    }

    /**
     * The bytes a token stands for.
     *
     * @param id the token's id
     * @return its bytes, mostly UTF-8 of a piece of text; empty for special tokens and for ids without a token. A fresh
     *     array
     */
    byte[] tokenBytes(int id);

    /**
     * Whether a token steers the model and is not text, like an end-of-text token.
     *
     * @param id the token's id
     * @return true if it is special
     */
    boolean isSpecial(int id);

    /**
     * The number of ids, from 0, that have a token. A model may have more rows than that.
     *
     * @return the largest id plus one
     */
    int vocabSize();

    /**
     * Whether the first token of a text loses a leading space, which the tokenizer put there when it encoded the text
     * (SentencePiece does).
     *
     * @return true if {@link #decode(int...)} drops it
     */
    default boolean dropsLeadingSpace() {
        return false;
    }

    /**
     * What {@link #decode(int...)} takes away at the ends of a text.
     *
     * @return the character and how often
     */
    default TextEdges edges() {
        return dropsLeadingSpace() ? TextEdges.LEADING_SPACE : TextEdges.NONE;
    }

    /**
     * The bytes that a token stands for where it is the first of a text that is not special.
     *
     * @param id the token's id
     * @return its bytes; for most tokenizers the same as {@link #tokenBytes(int)}
     */
    default byte[] firstTokenBytes(int id) {
        return tokenBytes(id);
    }

    /**
     * A token for people: its text where it is whole characters.
     *
     * @param id the token's id
     * @return the text of {@link #tokenBytes(int)}, with U+FFFD for what is not UTF-8
     */
    default String tokenText(int id) {
        return new String(tokenBytes(id), StandardCharsets.UTF_8);
    }
}
