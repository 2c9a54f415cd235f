package io.github.mamba4j.cli;

import java.io.IOException;
import java.io.Reader;

/**
 * Cuts a long text into chunks whose tokens, one chunk after the other, are the tokens of the whole text. No pattern by
 * which byte-level tokenizers split a text into words reaches from the letter before a space into it, if a letter
 * follows: the space belongs to the word after it.
 */
final class TextChunks {
    private final Reader reader;
    private final int size;
    private final StringBuilder pending = new StringBuilder();
    private final char[] buffer;
    private boolean ended;

    /**
     * Reads a text.
     *
     * @param reader the text
     * @param size about how many chars a chunk has; 16 times as many at most, where no place to cut comes up
     */
    TextChunks(Reader reader, int size) {
        this.reader = reader;
        this.size = size;
        buffer = new char[Math.min(size, 1 << 13)];
    }

    /**
     * The next chunk.
     *
     * @return the chunk; empty when the text has ended
     * @throws IOException if the text cannot be read
     */
    String next() throws IOException {
        int cut = 0;
        for (int wanted = size; cut == 0; wanted += size) {
            fill(wanted);
            if (ended) {
                cut = pending.length();
                break;
            }
            cut = lastBorder();
            if (cut == 0 && wanted >= 16 * size) {
                cut = Character.isHighSurrogate(pending.charAt(wanted - 1)) ? wanted - 1 : wanted;
            }
        }
        String chunk = pending.substring(0, cut);
        pending.delete(0, cut);
        return chunk;
    }

    private void fill(int wanted) throws IOException {
        while (!ended && pending.length() < wanted) {
            int n = reader.read(buffer);
            if (n < 0) {
                ended = true;
            } else {
                pending.append(buffer, 0, n);
            }
        }
    }

    /** The last place to cut, or 0. */
    private int lastBorder() {
        for (int i = pending.length() - 2; i > 0; i--) {
            if (pending.charAt(i) == ' ' && Character.isLetterOrDigit(pending.charAt(i - 1))
                    && Character.isLetter(pending.charAt(i + 1))) {
                return i;
            }
        }
        return 0;
    }
}
