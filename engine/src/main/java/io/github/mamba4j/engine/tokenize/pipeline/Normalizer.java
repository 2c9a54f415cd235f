package io.github.mamba4j.engine.tokenize.pipeline;

import io.github.mamba4j.engine.tokenize.pattern.CharSet;
import io.github.mamba4j.engine.tokenize.pattern.Interrupts;
import java.util.Arrays;
import java.util.List;

/** A change of the text before it is cut into words. Immutable and thread-safe. */
sealed interface Normalizer {
    /** The piece that takes the place of another; the same if nothing changes. */
    Piece apply(Piece piece, Run run);

    /**
     * Several, one after the other.
     *
     * @param parts the parts
     */
    record Sequence(List<Normalizer> parts) implements Normalizer {
        private static final int LONG = 1 << 16;

        @Override
        public Piece apply(Piece piece, Run run) {
            Piece result = piece;
            for (Normalizer part : parts) {
                if (result.length() > LONG) {
                    Interrupts.check();
                }
                result = part.apply(result, run);
            }
            return result;
        }
    }

    /**
     * A form of Unicode.
     *
     * @param form which one
     */
    record Form(java.text.Normalizer.Form form) implements Normalizer {
        @Override
        public Piece apply(Piece piece, Run run) {
            return UnicodeForms.apply(form, piece, run);
        }
    }

    /**
     * A text before every stretch that is not empty; none before a text that goes on from another.
     *
     * @param text the text
     */
    record Prepend(String text) implements Normalizer {
        @Override
        public Piece apply(Piece piece, Run run) {
            if (piece.length() == 0 || text.isEmpty() || run.isContinued() && piece.beginsText()) {
                return piece;
            }
            Rewriter rewriter = new Rewriter(piece, run);
            rewriter.append(text, piece.from);
            rewriter.copy(piece.from, piece.to);
            return rewriter.piece();
        }
    }

    /**
     * A text in place of others.
     *
     * @param finder finds what is replaced
     * @param content what comes in its place
     */
    record Replace(Finder.Kind finder, String content) implements Normalizer {
        @Override
        public Piece apply(Piece piece, Run run) {
            if (content.length() == 1 && finder instanceof Finder.Literal literal && literal.text().length() == 1) {
                return replaceChar(piece, literal.text().charAt(0), content.charAt(0));
            }
            Finder matches = finder.finder();
            matches.begin(piece.chars, piece.from, piece.to);
            Rewriter rewriter = null;
            int at = piece.from;
            while (matches.next(at)) {
                rewriter = rewriter == null ? new Rewriter(piece, run) : rewriter;
                rewriter.copy(at, matches.start());
                rewriter.append(content, matches.end() - 1);
                at = matches.end();
            }
            if (rewriter == null) {
                return piece;
            }
            rewriter.copy(at, piece.to);
            return rewriter.piece();
        }

        /** The same places with another character. */
        static Piece replaceChar(Piece piece, char from, char to) {
            char[] chars = null;
            for (int i = piece.from; i < piece.to; i++) {
                if (piece.chars[i] == from) {
                    chars = chars == null ? Arrays.copyOfRange(piece.chars, piece.from, piece.to) : chars;
                    chars[i - piece.from] = to;
                }
            }
            return chars == null ? piece : new Piece().set(piece, chars);
        }
    }

    /** Small letters for large ones, each by itself. */
    record Lowercase() implements Normalizer {
        private static final int DOTTED_I = 0x130;

        @Override
        public Piece apply(Piece piece, Run run) {
            Rewriter rewriter = new Rewriter(piece, run);
            int c;
            for (int i = piece.from; i < piece.to; i += Character.charCount(c)) {
                c = Character.codePointAt(piece.chars, i, piece.to);
                rewriter.append(c == DOTTED_I ? "i\u0307" : Character.toString(Character.toLowerCase(c)), i);
            }
            return rewriter.piece();
        }
    }

    /**
     * No spaces at the ends.
     *
     * @param left whether those at the beginning go
     * @param right whether those at the end go
     */
    record Strip(boolean left, boolean right) implements Normalizer {
        @Override
        public Piece apply(Piece piece, Run run) {
            int from = piece.from;
            int to = piece.to;
            while (left && from < to && CharSet.SPACES.contains(piece.chars[from])) {
                from++;
            }
            while (right && to > from && CharSet.SPACES.contains(piece.chars[to - 1])) {
                to--;
            }
            return new Piece().set(piece, from, to);
        }
    }

    /** No marks. */
    record StripAccents() implements Normalizer {
        @Override
        public Piece apply(Piece piece, Run run) {
            Rewriter rewriter = new Rewriter(piece, run);
            int c;
            for (int i = piece.from; i < piece.to; i += Character.charCount(c)) {
                c = Character.codePointAt(piece.chars, i, piece.to);
                if (!UnicodeTables.isMark(c)) {
                    rewriter.copy(i, i + Character.charCount(c));
                }
            }
            return rewriter.piece();
        }
    }

    /** The bytes of the text in the {@link ByteAlphabet}. */
    record Bytes() implements Normalizer {
        @Override
        public Piece apply(Piece piece, Run run) {
            return ByteStage.map(piece, run);
        }
    }
}
