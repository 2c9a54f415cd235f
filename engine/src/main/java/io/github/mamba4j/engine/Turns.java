package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.ThreadTeam;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A range of outputs that the members of a team share. If there is much to do for each, they take pieces in turns: processors
 * are not equally fast while others use them too, and with equal shares all would wait for the slowest. If there is little to
 * do, each takes an equal share, which is one long stream of weights.
 *
 * <pre>
 * turns.begin(items, rows);                                                            before the region
 * for (int p = turns.first(member); p &lt; turns.count(); p = turns.next()) {             each member
 *     work on items turns.from(p) to turns.from(p + 1)
 * }
 * </pre>
 *
 * Which member works on an item never changes a bit of the result. {@link #begin} is for one thread, before a region; the other
 * methods are for all members, in the region.
 */
final class Turns {
    /** Channels and outputs that stay in one thread: a cache line of floats, so that threads do not share lines. */
    static final int GRAIN = 16;
    /** Items of a piece: whole tiles of the kernels, and not few, because all rows pass by for each piece. */
    static final int PIECE = 192;
    /** With fewer pieces for each member, the last ones to finish would make the others wait. */
    private static final int LEAST_PIECES = 4;
    /** With fewer rows a piece is not worth a turn. */
    private static final int LEAST_ROWS = 64;

    private final int members;
    private final AtomicInteger next = new AtomicInteger();
    private boolean inTurns;
    private int items;
    private int count;

    /** For a team of so many. */
    Turns(int members) {
        this.members = members;
    }

    /** Prepares a region in which so many items are worked on, for so many rows each. */
    void begin(int items, int rows) {
        this.items = items;
        inTurns = members > 1 && rows >= LEAST_ROWS && items >= LEAST_PIECES * PIECE * members;
        count = inTurns ? Math.ceilDiv(items, PIECE) : members;
        next.set(members);
    }

    /** Pieces, or shares. */
    int count() {
        return count;
    }

    /** The first piece of a member. */
    int first(int member) {
        return member;
    }

    /** A member's next piece; {@link #count} or more if there is none. */
    int next() {
        return inTurns ? next.getAndIncrement() : count;
    }

    /** The first item of a piece; all of them, for the piece after the last. */
    int from(int piece) {
        return inTurns ? Math.min(items, piece * PIECE) : ThreadTeam.split(piece, members, items, GRAIN);
    }
}
