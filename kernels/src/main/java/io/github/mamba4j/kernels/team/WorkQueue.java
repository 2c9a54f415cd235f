package io.github.mamba4j.kernels.team;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A range of outputs or channels that the members of a {@link ThreadTeam} share. Processors are not equally fast while
 * others use them too, and with equal shares all would wait for the slowest. So each member begins with an equal share and
 * takes pieces from its front, half of what is left each time; when nothing is left, it takes half of what is left of
 * another's share, from the back. That makes few pieces, long ones first: a piece costs the start of a stream of weights,
 * and with many rows all of them pass by again. And what a member works on is mostly what it had in its cache before.
 *
 * <pre>
 * turns.begin(items, least);                                                      before the region
 * for (long p = turns.next(member); p != WorkQueue.NONE; p = turns.next(member)) {    each member
 *     work on items WorkQueue.from(p) to WorkQueue.to(p)
 * }
 * </pre>
 *
 * Which member works on an item never changes a bit of a kernel's result. {@link #begin} is for one thread, before a region;
 * the other methods are for all members, in the region. Nothing is allocated, and nobody waits for anybody.
 */
public final class WorkQueue {
    /** What {@link #next} returns when all has been taken. */
    public static final long NONE = 0;
    /** Channels and outputs that stay in one thread: a cache line of floats, so that threads do not share lines. */
    public static final int GRAIN = 16;
    /** From so many rows on, computing takes longer than reading weights. */
    private static final int MANY_ROWS = 64;
    /**
     * The smallest pieces that are worth a turn, of channels, and of outputs if the kernels have no smaller tiles
     * ({@code Linear.leastOutputs}).
     */
    public static final int LEAST_OF_MANY_ROWS = 96;
    /** The same where rows are few, and weights are read faster the longer a stream of them is. */
    public static final int LEAST_OF_FEW_ROWS = 128;

    private final int members;
    /** For each member the range of its share that nobody has taken, as {@link #from} and {@link #to} read it. */
    private final AtomicLongArray left;
    private int least;

    /**
     * Makes turns for a team.
     *
     * @param members the size of the team
     * @throws IllegalArgumentException if it is not that of a {@link ThreadTeam}
     */
    public WorkQueue(int members) {
        if (members < 1 || members > ThreadTeam.MAX_SIZE) {
            throw new IllegalArgumentException(
                    "members: expected 1 to " + ThreadTeam.MAX_SIZE + ", found " + members);
        }
        this.members = members;
        left = new AtomicLongArray(members);
    }

    /**
     * Prepares a region. A team of one takes all items at once.
     *
     * @param items how many items there are
     * @param least the smallest piece, except where less is left; {@code items}, if each member is to take its share as a whole
     * @throws IllegalArgumentException if there are less than no items, or no smallest piece
     */
    public void begin(int items, int least) {
        if (items < 0 || least < 1) {
            throw new IllegalArgumentException(items + " items cannot be shared in pieces of at least " + least);
        }
        this.least = members == 1 ? Integer.MAX_VALUE : least;
        for (int m = 0; m < members; m++) {
            left.set(m, range(ThreadTeam.split(m, members, items, GRAIN),
                    ThreadTeam.split(m + 1, members, items, GRAIN)));
        }
    }

    /**
     * Whether products of so many rows are limited by computing. Otherwise they are limited by reading weights.
     *
     * @param rows the number of rows
     * @return whether they are many
     */
    public static boolean areMany(int rows) {
        return rows >= MANY_ROWS;
    }

    /**
     * A member's next piece.
     *
     * @param member the member, from 0
     * @return the piece, for {@link #from} and {@link #to}; {@link #NONE} when all have been taken
     */
    public long next(int member) {
        long piece = take(member, true);
        for (int i = 1; piece == NONE && i < members; i++) {
            piece = take((member + i) % members, false);
        }
        return piece;
    }

    private long take(int member, boolean own) {
        while (true) {
            long range = left.get(member);
            int from = from(range);
            int to = to(range);
            if (from == to) {
                return NONE;
            }
            int half = Math.ceilDiv(Math.ceilDiv(to - from, 2), least) * least;
            int n = Math.min(half, to - from);
            if (left.compareAndSet(member, range, own ? range(from + n, to) : range(from, to - n))) {
                return own ? range(from, from + n) : range(to - n, to);
            }
        }
    }

    private static long range(int from, int to) {
        return (long) from << Integer.SIZE | to;
    }

    /**
     * The first item of a piece.
     *
     * @param piece what {@link #next} returned
     * @return the item
     */
    public static int from(long piece) {
        return (int) (piece >>> Integer.SIZE);
    }

    /**
     * The item after the last of a piece.
     *
     * @param piece what {@link #next} returned
     * @return the item
     */
    public static int to(long piece) {
        return (int) piece;
    }
}
