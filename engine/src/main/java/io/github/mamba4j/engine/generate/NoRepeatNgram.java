package io.github.mamba4j.engine.generate;

import java.util.Arrays;
import java.util.Optional;

/**
 * Forbids what followed, earlier in the text, the n - 1 tokens that are now the last. Each token is looked at once: the
 * places where runs of tokens end are kept in hash tables, so that the cost of a token does not grow with the text.
 *
 * <p>The hash of the tokens from a to before b is {@code h[b] - h[a] * M^(b - a)} with the running hash
 * {@code h[i + 1] = h[i] * M + x}, where x is the token, mixed. Runs with equal hashes are compared.
 */
final class NoRepeatNgram implements LogitsProcessor {
    private static final long M = 0x9E3779B97F4A7C15L;
    private static final int NONE = -1;
    private static final int START = 16;

    private final int n;
    /** Running hashes, one more than tokens were looked at. */
    private long[] hashes;
    private int looked;
    /** Runs of n tokens, each once. */
    private final Runs whole;
    /** The n - 1 tokens before each of their last ones, and so possibly several times. */
    private final Runs beginnings;

    NoRepeatNgram(int n) {
        this.n = n;
        hashes = new long[START];
        whole = new Runs(n);
        beginnings = new Runs(n - 1);
    }

    private NoRepeatNgram(NoRepeatNgram o) {
        n = o.n;
        hashes = o.hashes.clone();
        looked = o.looked;
        whole = new Runs(o.whole);
        beginnings = new Runs(o.beginnings);
    }

    @Override
    public Optional<LogitsProcessor> copy() {
        return Optional.of(new NoRepeatNgram(this));
    }

    @Override
    public void process(LogitsContext context) {
        int length = context.length();
        while (looked < length) {
            if (looked + 1 == hashes.length) {
                hashes = Arrays.copyOf(hashes, 2 * hashes.length);
                whole.grow();
                beginnings.grow();
            }
            hashes[looked + 1] = hashes[looked] * M + mixed(context.token(looked));
            looked++;
            if (looked >= n && whole.find(context, looked, whole.first(looked)) == NONE) {
                whole.add(looked);
                beginnings.add(looked - 1);
            }
        }
        if (length >= n - 1) {
            int place = beginnings.find(context, length, beginnings.first(length));
            while (place != NONE) {
                context.forbid(context.token(place));
                place = beginnings.find(context, length, beginnings.before[place]);
            }
        }
    }

    private static long mixed(int token) {
        long x = (token + 1) * 0xBF58476D1CE4E5B9L;
        return x ^ x >>> 29;
    }

    /** A hash table of runs of one length, by the place behind their last token. */
    private final class Runs {
        private final int width;
        /** {@code M^width}. */
        private final long power;
        /** By bucket: the place that was added last; and by place: the one before it in its bucket. */
        private int[] heads;
        private int[] before;

        Runs(int width) {
            this.width = width;
            long p = 1;
            long square = M;
            for (int e = width; e > 0; e >>= 1, square *= square) {
                p *= (e & 1) == 1 ? square : 1;
            }
            power = p;
            heads = new int[START];
            Arrays.fill(heads, NONE);
            before = new int[START];
        }

        Runs(Runs o) {
            width = o.width;
            power = o.power;
            heads = o.heads.clone();
            before = o.before.clone();
        }

        private long hash(int end) {
            return hashes[end] - hashes[end - width] * power;
        }

        private int bucket(int end) {
            return (int) (hash(end) * M >>> 36) & heads.length - 1;
        }

        int first(int end) {
            return heads[bucket(end)];
        }

        /** The next place, from one of the same bucket on, where the same run ends as here. */
        int find(LogitsContext context, int end, int from) {
            int place = from;
            while (place != NONE && !(hash(place) == hash(end) && same(context, place, end))) {
                place = before[place];
            }
            return place;
        }

        private boolean same(LogitsContext context, int a, int b) {
            for (int i = 1; i <= width; i++) {
                if (context.token(a - i) != context.token(b - i)) {
                    return false;
                }
            }
            return true;
        }

        void add(int end) {
            int bucket = bucket(end);
            before[end] = heads[bucket];
            heads[bucket] = end;
        }

        void grow() {
            int[] old = heads;
            before = Arrays.copyOf(before, hashes.length);
            heads = new int[Math.min(hashes.length, 1 << 24)];
            Arrays.fill(heads, NONE);
            for (int head : old) {
                int place = head;
                while (place != NONE) {
                    int next = before[place];
                    add(place);
                    place = next;
                }
            }
        }
    }
}
