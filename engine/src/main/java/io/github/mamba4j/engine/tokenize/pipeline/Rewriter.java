package io.github.mamba4j.engine.tokenize.pipeline;

import java.util.Arrays;

/** Builds the text that takes the place of a piece, and remembers which character stands for which. */
final class Rewriter {
    private final Piece piece;
    private final Run run;
    private char[] chars;
    private int[] starts;
    private int[] ends;
    private int size;

    Rewriter(Piece piece, Run run) {
        this.piece = piece;
        this.run = run;
        chars = new char[piece.length() + 16];
        if (run.tracksOrigin()) {
            starts = new int[chars.length];
            ends = new int[chars.length];
        }
    }

    /** Appends a character that comes from one of the piece. */
    void append(char c, int source) {
        if (size == chars.length) {
            grow();
        }
        chars[size] = c;
        if (starts != null) {
            starts[size] = piece.startOf(source);
            ends[size] = piece.endOf(source);
        }
        size++;
    }

    void append(CharSequence text, int source) {
        for (int i = 0; i < text.length(); i++) {
            append(text.charAt(i), source);
        }
    }

    /** Appends characters of the piece as they are. */
    void copy(int from, int to) {
        for (int i = from; i < to; i++) {
            append(piece.chars[i], i);
        }
    }

    private void grow() {
        if (size >= run.maxLength()) {
            throw new IllegalArgumentException("the tokenizer's normalizer makes a text of more than " + run.maxLength()
                    + " characters of one of " + run.textLength());
        }
        int length = (int) Math.min(2L * size, run.maxLength());
        chars = Arrays.copyOf(chars, length);
        if (starts != null) {
            starts = Arrays.copyOf(starts, length);
            ends = Arrays.copyOf(ends, length);
        }
    }

    Piece piece() {
        Piece result = new Piece();
        return starts == null ? result.set(chars, 0, size, 0) : result.set(chars, 0, size, starts, ends);
    }
}
