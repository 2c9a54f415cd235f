package io.github.mamba4j.kernels;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A range of channels or outputs that the members of a {@link ThreadTeam} share. If there is much to do for each, they take
 * pieces in turns: processors are not equally fast while others use them too, and with equal shares all would wait for the
 * slowest. If there is little to do, each takes an equal share, which is one long stream of weights.
 *
 * <pre>
 * turns.begin(items, rows);                                                            before the region
 * for (int p = turns.first(member); p &lt; turns.count(); p = turns.next()) {             each member
 *     work on items turns.from(p) to turns.from(p + 1)
 * }
 * </pre>
 *
 * Which member works on an item never changes a bit of the result: threads split outputs, never a sum.
 *
 * <p>{@link #begin} is for one thread, before a region; the other methods are for all members, in the region. Nothing is
 * allocated.
 */
public final class Turns {
    /** Items of a piece: whole tiles of the kernels, and whole cache lines of floats, so that threads do not share lines. */
    public static final int PIECE = 96;
    /** Items that stay together in equal shares: whole cache lines, too. */
    public static final int GRAIN = 16;
    /** With fewer pieces for each member, the last ones to finish would make the others wait. */
    private static final int LEAST_PIECES = 4;
    /** With fewer rows a piece is not worth a turn. */
    private static final int LEAST_ROWS = 64;

    private final int members;
    private final AtomicInteger next = new AtomicInteger();
    private boolean inTurns;
    private int items;
    private int count;

    /**
     * Makes turns of nothing.
     *
     * @param members the size of the team
     * @throws IllegalArgumentException if it is less than 1
     */
    public Turns(int members) {
        if (members < 1) {
            throw new IllegalArgumentException("members: expected at least 1, found " + members);
        }
        this.members = members;
        count = members;
    }

    /**
     * Prepares a region.
     *
     * @param items how many channels or outputs there are
     * @param rows for how many rows each of them is computed
     * @throws IllegalArgumentException if one of them is negative
     */
    public void begin(int items, int rows) {
        if (items < 0 || rows < 0) {
            throw new IllegalArgumentException("items and rows: expected at least 0, found " + items + " and " + rows);
        }
        this.items = items;
        inTurns = members > 1 && rows >= LEAST_ROWS && items / PIECE / members >= LEAST_PIECES;
        count = inTurns ? Math.ceilDiv(items, PIECE) : members;
        next.set(members);
    }

    /**
     * How many pieces there are, or equal shares.
     *
     * @return the number, at least that of the members
     */
    public int count() {
        return count;
    }

    /**
     * The piece that a member begins with.
     *
     * @param member the member, 0 to {@code members - 1}
     * @return the number of the piece
     */
    public int first(int member) {
        return member;
    }

    /**
     * The piece that the calling member goes on with.
     *
     * @return the number of the piece; {@link #count} or more if none is left
     */
    public int next() {
        return inTurns ? next.getAndIncrement() : count;
    }

    /**
     * Where a piece begins.
     *
     * @param piece the number of the piece, 0 to {@link #count}
     * @return its first item; the number of items for the piece after the last
     */
    public int from(int piece) {
        return inTurns ? Math.min(items, piece * PIECE) : ThreadTeam.split(piece, members, items, GRAIN);
    }
}
