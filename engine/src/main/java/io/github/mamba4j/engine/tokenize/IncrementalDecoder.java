package io.github.mamba4j.engine.tokenize;

/**
 * Turns tokens into text as they come, and never shows half a character: bytes that may still become a character wait
 * for the next token. All parts together are exactly {@link Tokenizer#decode(int...)} of all tokens. The cost of a token
 * does not depend on how many came before.
 *
 * <p>Bytes that cannot become a character turn into U+FFFD, one for each maximal part of a sequence (Unicode, section
 * 3.9; the decoder of the WHATWG Encoding standard), as Hugging Face's tokenizers do it. The JDK's decoder differs on
 * encoded surrogates. Not thread-safe: one decoder for one text.
 */
public final class IncrementalDecoder {
    private static final char REPLACEMENT = '\uFFFD';

    private final Tokenizer tokenizer;
    private final StringBuilder text = new StringBuilder();
    private final TextEdges edges;
    /** Whether the next token with bytes is the first of the text. */
    private boolean first;
    /** How many characters may still be taken away at the beginning. */
    private int leading;
    /** How many characters that may have to go at the end are held back. */
    private int held;
    private boolean finished;
    /** How many bytes the character in progress still needs, and what is known of it. */
    private int needed;
    private int codePoint;
    /** The bounds of its next byte. */
    private int lower = 0x80;
    private int upper = 0xBF;

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
        edges = tokenizer.edges();
        first = !continued;
        leading = continued ? 0 : edges.start();
    }

    /**
     * Takes the next token.
     *
     * @param id its id
     * @return the text that is certain now and was not returned before; often empty
     * @throws IllegalStateException after {@link #finish()}
     */
    public String feed(int id) {
        if (finished) {
            throw new IllegalStateException("the text is finished");
        }
        byte[] piece = tokenizer.tokenBytes(id);
        if (first && piece.length > 0) {
            first = false;
            piece = tokenizer.firstTokenBytes(id);
        }
        text.setLength(0);
        for (byte b : piece) {
            take(b & 0xFF);
        }
        return text.toString();
    }

    /**
     * Ends the text. Calling it again returns nothing.
     *
     * @return U+FFFD for bytes that still waited for the rest of their character, else nothing. What is taken away at the
     *     end of a text is gone then
     */
    public String finish() {
        boolean half = needed > 0 && !finished;
        finished = true;
        text.setLength(0);
        if (half) {
            append(REPLACEMENT);
        }
        return text.toString();
    }

    private void append(int c) {
        if (c == edges.content()) {
            if (leading > 0) {
                leading--;
                return;
            }
            if (held < edges.stop()) {
                held++;
                return;
            }
        } else {
            leading = 0;
            for (; held > 0; held--) {
                text.append(edges.content());
            }
        }
        text.appendCodePoint(c);
    }

    private void take(int b) {
        if (needed > 0) {
            if (b >= lower && b <= upper) {
                codePoint = codePoint << 6 | b & 0x3F;
                lower = 0x80;
                upper = 0xBF;
                if (--needed == 0) {
                    append(codePoint);
                }
                return;
            }
            append(REPLACEMENT);
            needed = 0;
        }
        begin(b);
    }

    /** The first byte of a character; the bounds shut out overlong forms, surrogates and what is beyond U+10FFFF. */
    private void begin(int b) {
        lower = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
        upper = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
        if (b < 0x80) {
            append(b);
        } else if (b >= 0xC2 && b <= 0xDF) {
            needed = 1;
            codePoint = b & 0x1F;
        } else if (b >= 0xE0 && b <= 0xEF) {
            needed = 2;
            codePoint = b & 0x0F;
        } else if (b >= 0xF0 && b <= 0xF4) {
            needed = 3;
            codePoint = b & 0x07;
        } else {
            append(REPLACEMENT);
        }
    }
}
