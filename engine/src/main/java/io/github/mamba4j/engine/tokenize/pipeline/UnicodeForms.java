package io.github.mamba4j.engine.tokenize.pipeline;

import io.github.mamba4j.engine.tokenize.pattern.CharSet;
import io.github.mamba4j.engine.tokenize.pattern.Interrupts;
import java.text.Normalizer;

/**
 * The normal forms of Unicode. The text is worked on in stretches between characters that nothing can be moved past, so
 * that it is known which characters stand for which, and a long text can be left off.
 */
final class UnicodeForms {
    /** Below, every character is in all canonical forms. */
    private static final char FIRST_MARK = 0x300;
    private static final char FIRST_DECOMPOSABLE = 0xA0;
    private static final int JAMO_VOWELS = 0x1160;
    private static final int JAMO_END = 0x11FF;
    /** Bringing many marks of one character into order takes time that grows like the square of their number. */
    private static final int MAX_CLUSTER = 1000;
    private static final int CLUSTERS_BETWEEN_CHECKS = 1 << 12;

    private UnicodeForms() {}

    static Piece apply(Normalizer.Form form, Piece piece, Run run) {
        if (isSimple(form, piece)) {
            return piece;
        }
        Rewriter rewriter = new Rewriter(piece, run);
        char limit = limit(form);
        int steps = 0;
        int at = piece.from;
        while (at < piece.to) {
            if (++steps == CLUSTERS_BETWEEN_CHECKS) {
                steps = 0;
                Interrupts.check();
            }
            int end = clusterEnd(piece, at);
            if (end == at + 1 && piece.chars[at] < limit) {
                rewriter.append(piece.chars[at], at);
            } else {
                cluster(form, piece, at, end, rewriter);
            }
            at = end;
        }
        return rewriter.piece();
    }

    private static char limit(Normalizer.Form form) {
        return form == Normalizer.Form.NFC ? FIRST_MARK : FIRST_DECOMPOSABLE;
    }

    private static boolean isSimple(Normalizer.Form form, Piece piece) {
        char limit = limit(form);
        for (int i = piece.from; i < piece.to; i++) {
            if (piece.chars[i] >= limit) {
                return false;
            }
        }
        return true;
    }

    /** A character with what may become one with it, or change places: marks, and vowels and finals of Hangul. */
    private static int clusterEnd(Piece piece, int at) {
        int c = Character.codePointAt(piece.chars, at, piece.to);
        int end = at + Character.charCount(c);
        if (UnicodeTables.isInert(c)) {
            return end;
        }
        while (end < piece.to && end - at < MAX_CLUSTER) {
            c = Character.codePointAt(piece.chars, end, piece.to);
            boolean joins = c >= FIRST_MARK && (CharSet.MARKS.contains(c) || isJamo(c)) && !UnicodeTables.isInert(c);
            if (!joins) {
                break;
            }
            end += Character.charCount(c);
        }
        return end;
    }

    /** Vowels and finals of Hangul; letters of Hangul, and Japanese sound marks, that a compatible form makes such. */
    private static boolean isJamo(int c) {
        return c >= JAMO_VOWELS && c <= JAMO_END || c >= 0x3131 && c <= 0x318E || c >= 0xFF9E && c <= 0xFFDC;
    }

    private static void cluster(Normalizer.Form form, Piece piece, int from, int to, Rewriter rewriter) {
        if (UnicodeTables.isInert(Character.codePointAt(piece.chars, from, to))) {
            rewriter.copy(from, to);
            return;
        }
        String before = new String(piece.chars, from, to - from);
        String after = Normalizer.normalize(before, form);
        if (after.equals(before)) {
            rewriter.copy(from, to);
            return;
        }
        int inputs = before.codePointCount(0, before.length());
        int outputs = after.codePointCount(0, after.length());
        boolean composed = form == Normalizer.Form.NFC || form == Normalizer.Form.NFKC;
        int source = from;
        // The characters that became one are the first; those a character became count as that character.
        int fresh = 0;
        int c;
        for (int i = 0; i < after.length(); i += Character.charCount(c)) {
            c = after.codePointAt(i);
            rewriter.append(Character.toString(c), Math.min(source, to - 1));
            if (composed) {
                int skip = i == 0 ? Math.max(0, inputs - outputs) + 1 : 1;
                source = skip(piece, source, to, skip);
            } else if (++fresh >= width(form, piece, source, to)) {
                fresh = 0;
                source = skip(piece, source, to, 1);
            }
        }
    }

    private static int width(Normalizer.Form form, Piece piece, int source, int to) {
        if (source >= to) {
            return 1;
        }
        String text = Character.toString(Character.codePointAt(piece.chars, source, to));
        String form1 = Normalizer.normalize(text, form);
        return form1.codePointCount(0, form1.length());
    }

    private static int skip(Piece piece, int from, int to, int count) {
        int at = from;
        for (int i = 0; i < count && at < to; i++) {
            at += Character.charCount(Character.codePointAt(piece.chars, at, to));
        }
        return at;
    }
}
