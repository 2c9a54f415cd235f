package io.github.mamba4j.engine.tokenize;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns tokens into text as they come, and never shows half a character: bytes that may still become a character wait
 * for the next token. All parts together are exactly {@link Tokenizer#decode(int...)} of all tokens. The cost of a token
 * does not depend on how many came before.
 *
 * <p>Bytes that cannot become a character turn into U+FFFD, one for each maximal part of a sequence (Unicode 15, section
 * 3.9), as Hugging Face does it. Not thread-safe: one decoder for one text.
 */
public final class IncrementalDecoder {
    /** More than the unfinished bytes of one character. */
    private static final int MAX_WAITING = 8;

    private final Tokenizer tokenizer;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE).onUnmappableCharacter(CodingErrorAction.REPLACE);
    private ByteBuffer bytes = ByteBuffer.allocate(64);
    private CharBuffer chars = CharBuffer.allocate(64);
    private boolean dropSpace;

    /**
     * Begins a text.
     *
     * @param tokenizer whose tokens come
     */
    public IncrementalDecoder(Tokenizer tokenizer) {
        this(tokenizer, false);
    }

    /**
     * Begins a text, or goes on with one.
     *
     * @param tokenizer whose tokens come
     * @param continued whether text came before: then a leading space of the first token is kept in any case
     */
    public IncrementalDecoder(Tokenizer tokenizer, boolean continued) {
        this.tokenizer = tokenizer;
        dropSpace = !continued && tokenizer.dropsLeadingSpace();
    }

    /**
     * Takes the next token.
     *
     * @param id its id
     * @return the text that is certain now and was not returned before; often empty
     * @throws IllegalStateException after {@link #finish()}
     */
    public String feed(int id) {
        byte[] piece = tokenizer.tokenBytes(id);
        int from = 0;
        if (dropSpace && piece.length > 0) {
            dropSpace = false;
            from = piece[0] == ' ' ? 1 : 0;
        }
        reserve(piece.length);
        bytes.put(piece, from, piece.length - from);
        return decode(false);
    }

    /**
     * Ends the text. Calling it again returns nothing.
     *
     * @return U+FFFD for bytes that still waited for the rest of their character, else nothing
     */
    public String finish() {
        return bytes == null ? "" : decode(true);
    }

    private void reserve(int more) {
        if (bytes == null) {
            throw new IllegalStateException("the text is finished");
        }
        if (bytes.remaining() < more) {
            int size = bytes.position() + more + MAX_WAITING;
            bytes = ByteBuffer.allocate(size).put(bytes.flip());
            chars = CharBuffer.allocate(size + MAX_WAITING);
        }
    }

    private String decode(boolean end) {
        bytes.flip();
        chars.clear();
        // There is a char of room for every byte, so that nothing overflows.
        utf8.decode(bytes, chars, end);
        if (end) {
            utf8.flush(chars);
            bytes = null;
        } else {
            bytes.compact();
        }
        return chars.flip().toString();
    }
}
