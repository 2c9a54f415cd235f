package io.github.mamba4j.engine.tokenize.model;

import io.github.mamba4j.engine.tokenize.pattern.Interrupts;
import java.util.Arrays;

/**
 * Merges the pairs of a word: short words by looking through all pairs each time, long ones by a heap, whose work grows
 * like n log n.
 */
final class BpeEncoder implements WordEncoder {
    private static final int SHORT = 40;
    private static final int KEPT = 1 << 16;
    private static final int NONE = Integer.MAX_VALUE;
    private static final int STEPS_BETWEEN_CHECKS = 1 << 14;

    private final BpeModel model;
    private final MergeTable merges;
    private int[] tokens = new int[64];
    private int[] starts = new int[64];
    private int[] ends = new int[64];
    /** Of short words: the ranks of the pairs. Of long words: the links to the symbols before and after. */
    private int[] ranks = new int[64];
    private int[] before = new int[64];
    private int[] after = new int[64];
    private int count;
    private int unknownStart;
    private int unknownEnd;
    private final LongHeap heap = new LongHeap();

    BpeEncoder(BpeModel model) {
        this.model = model;
        merges = model.merges();
    }

    @Override
    public void encode(char[] chars, int from, int to, TokenBuffer into) {
        if (from == to) {
            return;
        }
        if (model.ignoresMerges()) {
            int id = model.vocabulary().id(chars, from, to);
            if (id >= 0) {
                into.add(id, 0, to - from);
                return;
            }
        }
        begin(chars, from, to);
        if (count <= SHORT) {
            mergeShort();
            for (int i = 0; i < count; i++) {
                into.add(tokens[i], starts[i], ends[i]);
            }
        } else {
            mergeLong();
            for (int i = 0; i >= 0; i = after[i]) {
                into.add(tokens[i], starts[i], ends[i]);
            }
            shrink();
        }
    }

    /** The symbols that a word begins as. */
    private void begin(char[] chars, int from, int to) {
        count = 0;
        unknownEnd = -1;
        int width;
        for (int at = from; at < to; at += width) {
            boolean pair = Character.isHighSurrogate(chars[at]) && at + 1 < to
                    && Character.isLowSurrogate(chars[at + 1]);
            width = pair ? 2 : 1;
            int token = model.charToken(chars, at, width);
            if (token >= 0) {
                endUnknown();
                add(token, at - from, at - from + width);
            } else if (!addBytes(chars, at, width, at - from) && model.unknown() >= 0) {
                addUnknown(at - from, width);
            }
        }
        endUnknown();
    }

    private void addUnknown(int start, int width) {
        if (unknownEnd >= 0 && !model.fusesUnknown()) {
            endUnknown();
        }
        if (unknownEnd < 0) {
            unknownStart = start;
        }
        unknownEnd = start + width;
    }

    private void endUnknown() {
        if (unknownEnd >= 0) {
            add(model.unknown(), unknownStart, unknownEnd);
            unknownEnd = -1;
        }
    }

    /**
     * Adds the tokens of a character's bytes, if there are all. An unknown character before them that still waits comes
     * after them: that is how the reference does it.
     */
    private boolean addBytes(char[] chars, int at, int width, int start) {
        int[] byteTokens = model.byteTokens();
        if (byteTokens == null) {
            return false;
        }
        int c = width == 2 ? Character.toCodePoint(chars[at], chars[at + 1]) : chars[at];
        int length = Utf8.length(c);
        for (int i = 0; i < length; i++) {
            if (byteTokens[Utf8.byteAt(c, length, i)] < 0) {
                return false;
            }
        }
        for (int i = 0; i < length; i++) {
            add(byteTokens[Utf8.byteAt(c, length, i)], start, start + width);
        }
        return true;
    }

    private void add(int token, int start, int end) {
        if (count == tokens.length) {
            int length = Math.toIntExact(2L * count);
            tokens = Arrays.copyOf(tokens, length);
            starts = Arrays.copyOf(starts, length);
            ends = Arrays.copyOf(ends, length);
            ranks = new int[length];
            before = new int[length];
            after = new int[length];
        }
        tokens[count] = token;
        starts[count] = start;
        ends[count++] = end;
    }

    private void mergeShort() {
        for (int i = 0; i + 1 < count; i++) {
            ranks[i] = merges.rank(tokens[i], tokens[i + 1]);
        }
        while (count > 1) {
            int best = 0;
            for (int i = 1; i < count - 1; i++) {
                best = ranks[i] < ranks[best] ? i : best;
            }
            if (ranks[best] == NONE) {
                return;
            }
            tokens[best] = merges.merged(ranks[best]);
            ends[best] = ends[best + 1];
            int rest = count - best - 2;
            if (rest > 0) {
                System.arraycopy(tokens, best + 2, tokens, best + 1, rest);
                System.arraycopy(starts, best + 2, starts, best + 1, rest);
                System.arraycopy(ends, best + 2, ends, best + 1, rest);
                System.arraycopy(ranks, best + 2, ranks, best + 1, rest);
            }
            count--;
            if (best > 0) {
                ranks[best - 1] = merges.rank(tokens[best - 1], tokens[best]);
            }
            if (best + 1 < count) {
                ranks[best] = merges.rank(tokens[best], tokens[best + 1]);
            }
        }
    }

    private void mergeLong() {
        heap.clear();
        for (int i = 0; i < count; i++) {
            before[i] = i - 1;
            after[i] = i + 1 < count ? i + 1 : -1;
            offer(i);
        }
        int steps = 0;
        while (heap.size() > 0) {
            if (++steps == STEPS_BETWEEN_CHECKS) {
                steps = 0;
                Interrupts.check();
            }
            long top = heap.poll();
            int left = (int) top;
            int token = merges.merged((int) (top >>> 32));
            int right = tokens[left] < 0 ? -1 : after[left];
            if (right < 0) {
                continue;
            }
            int rank = merges.rank(tokens[left], tokens[right]);
            if (rank == NONE || merges.merged(rank) != token) {
                continue;
            }
            tokens[left] = token;
            ends[left] = ends[right];
            tokens[right] = -1;
            after[left] = after[right];
            if (after[right] >= 0) {
                before[after[right]] = left;
            }
            if (before[left] >= 0) {
                offer(before[left]);
            }
            offer(left);
        }
    }

    private void offer(int left) {
        int right = after[left];
        int rank = right < 0 ? NONE : merges.rank(tokens[left], tokens[right]);
        if (rank != NONE) {
            heap.add((long) rank << 32 | left);
        }
    }

    /** A single huge word must not hold its memory for ever. */
    private void shrink() {
        heap.shrink();
        if (tokens.length > KEPT) {
            tokens = new int[64];
            starts = new int[64];
            ends = new int[64];
            ranks = new int[64];
            before = new int[64];
            after = new int[64];
        }
    }
}
