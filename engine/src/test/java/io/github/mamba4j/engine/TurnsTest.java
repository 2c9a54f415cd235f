package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.ThreadTeam;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Every item is worked on once, whoever is faster. */
class TurnsTest {
    private static final int MANY_ROWS = 64;

    /** The pieces of a member that never lets another have a turn. */
    private static List<Integer> all(Turns turns, int member) {
        List<Integer> pieces = new ArrayList<>();
        for (int p = turns.first(member); p < turns.count(); p = turns.next()) {
            pieces.add(p);
        }
        return pieces;
    }

    @Test
    void aFastMemberTakesWhatASlowOneHasNotBegun() {
        Turns turns = new Turns(2);
        turns.begin(8 * Turns.PIECE, MANY_ROWS);
        assertEquals(List.of(1, 2, 3, 4, 5, 6, 7), all(turns, 1));
        assertEquals(List.of(0), all(turns, 0));
        assertEquals(0, turns.from(0));
        assertEquals(7 * Turns.PIECE, turns.from(7));
        assertEquals(8 * Turns.PIECE, turns.from(8));
    }

    @Test
    void theLastPieceMayBeSmaller() {
        Turns turns = new Turns(2);
        turns.begin(8 * Turns.PIECE + 5, MANY_ROWS);
        assertEquals(9, turns.count());
        assertEquals(8 * Turns.PIECE, turns.from(8));
        assertEquals(8 * Turns.PIECE + 5, turns.from(9));
    }

    /** One row less, one item less, or nobody to share with. */
    @Test
    void ofLittleWorkEachHasAnEqualShare() {
        for (int[] few : new int[][]{{2, 8 * Turns.PIECE, MANY_ROWS - 1}, {2, 8 * Turns.PIECE - 1, MANY_ROWS},
                {3, 8 * Turns.PIECE, MANY_ROWS}, {1, 100 * Turns.PIECE, 512}, {5, 3, 1}}) {
            int members = few[0];
            Turns turns = new Turns(members);
            turns.begin(few[1], few[2]);
            assertEquals(members, turns.count());
            for (int m = 0; m < members; m++) {
                assertEquals(List.of(m), all(turns, m));
                assertEquals(ThreadTeam.split(m, members, few[1], Turns.GRAIN), turns.from(m));
            }
            assertEquals(few[1], turns.from(members));
        }
    }

    @Test
    void everyItemHasOneTurnInEveryRegion() {
        for (int members = 1; members <= 5; members++) {
            try (ThreadTeam team = new ThreadTeam(members)) {
                Turns turns = new Turns(members);
                for (int items : new int[]{0, 1, 15, 16, 96, 200, 4 * Turns.PIECE * members,
                        4 * Turns.PIECE * members + 7, 5000}) {
                    for (int rows : new int[]{1, MANY_ROWS}) {
                        AtomicIntegerArray done = new AtomicIntegerArray(items);
                        List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
                        turns.begin(items, rows);
                        team.run((member, size) -> {
                            for (int p = turns.first(member); p < turns.count(); p = turns.next()) {
                                seen.add(p);
                                for (int i = turns.from(p); i < turns.from(p + 1); i++) {
                                    done.incrementAndGet(i);
                                }
                            }
                        });
                        assertEquals(turns.count(), seen.size());
                        for (int i = 0; i < items; i++) {
                            assertEquals(1, done.get(i), "item " + i + " of " + items + ", members " + members);
                        }
                        assertTrue(Collections.max(seen) < turns.count());
                    }
                }
            }
        }
    }
}
