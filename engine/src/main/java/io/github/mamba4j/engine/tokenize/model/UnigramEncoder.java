package io.github.mamba4j.engine.tokenize.model;

import io.github.mamba4j.engine.tokenize.pattern.Interrupts;
import java.util.Arrays;

/** Finds the pieces with the largest sum of scores, by the best sum up to each place. */
final class UnigramEncoder implements WordEncoder {
    private static final int KEPT = 1 << 16;
    private static final int PLACES_BETWEEN_CHECKS = 1 << 13;

    private final UnigramModel model;
    private double[] best = new double[64];
    /** By place: where the last piece of the best way begins, -1 if there is no way; and its id. */
    private int[] from = new int[64];
    private int[] id = new int[64];

    UnigramEncoder(UnigramModel model) {
        this.model = model;
    }

    @Override
    public void encode(char[] chars, int start, int to, TokenBuffer into) {
        int length = to - start;
        if (length == 0) {
            return;
        }
        reserve(length + 1);
        Arrays.fill(from, 0, length + 1, -1);
        best[0] = 0;
        int width;
        for (int at = 0; at < length; at += width) {
            if ((at & PLACES_BETWEEN_CHECKS - 1) < 2 && at >= PLACES_BETWEEN_CHECKS) {
                Interrupts.check();
            }
            boolean pair = Character.isHighSurrogate(chars[start + at]) && at + 1 < length
                    && Character.isLowSurrogate(chars[start + at + 1]);
            width = pair ? 2 : 1;
            extend(chars, start, length, at, width);
        }
        emit(chars, start, length, into);
        if (best.length > KEPT) {
            best = new double[64];
            from = new int[64];
            id = new int[64];
        }
    }

    private void reserve(int length) {
        if (length > best.length) {
            int larger = Math.max(length, Math.toIntExact(Math.min(2L * best.length, Integer.MAX_VALUE - 8)));
            best = new double[larger];
            from = new int[larger];
            id = new int[larger];
        }
    }

    /** Tries all pieces that begin at a place. */
    private void extend(char[] chars, int start, int length, int at, int width) {
        CharTrie trie = model.trie();
        boolean single = false;
        int node = 0;
        for (int end = at; end < length; end++) {
            node = trie.find(node, chars[start + end]);
            if (node < 0) {
                break;
            }
            int piece = trie.value(node);
            if (piece >= 0) {
                offer(at, end + 1, model.score(piece), piece);
                single |= end + 1 - at == width;
            }
        }
        if (!single) {
            offer(at, at + width, model.unknownScore(), model.unknown());
        }
    }

    private void offer(int at, int end, double score, int piece) {
        double sum = score + best[at];
        if (from[end] < 0 || sum > best[end]) {
            best[end] = sum;
            from[end] = at;
            id[end] = piece;
        }
    }

    private void emit(char[] chars, int start, int length, TokenBuffer into) {
        // Turn the links around: the next place by place.
        int next = -1;
        for (int at = length; at >= 0;) {
            int previous = at == 0 ? -1 : from[at];
            from[at] = next;
            next = at;
            at = previous;
        }
        int at = 0;
        while (at < length) {
            int end = from[at];
            if (id[end] == model.unknown()) {
                while (end < length && id[from[end]] == model.unknown()) {
                    end = from[end];
                }
            }
            add(chars, start, at, end, into);
            at = end;
        }
    }

    private void add(char[] chars, int start, int at, int end, TokenBuffer into) {
        int token = model.vocabulary().id(chars, start + at, start + end);
        if (token >= 0) {
            into.add(token, at, end);
        } else if (model.byteTokens() == null || !addBytes(chars, start, at, end, into)) {
            into.add(model.unknown(), at, end);
        }
    }

    private boolean addBytes(char[] chars, int start, int at, int end, TokenBuffer into) {
        int[] tokens = model.byteTokens();
        for (int pass = 0; pass < 2; pass++) {
            int c;
            for (int i = start + at; i < start + end; i += Character.charCount(c)) {
                c = Character.codePointAt(chars, i, start + end);
                int bytes = Utf8.length(c);
                for (int k = 0; k < bytes; k++) {
                    int token = tokens[Utf8.byteAt(c, bytes, k)];
                    if (token < 0) {
                        return false;
                    } else if (pass == 1) {
                        into.add(token, at, end);
                    }
                }
            }
        }
        return true;
    }
}
