package io.github.mamba4j.kernels.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Every item is worked on once, whoever is faster. */
class WorkQueueTest {
    private static String next(WorkQueue turns, int member) {
        long piece = turns.next(member);
        return piece == WorkQueue.NONE ? "none" : WorkQueue.from(piece) + " to " + WorkQueue.to(piece);
    }

    /** The pieces of a member that never lets another have a turn. */
    private static List<String> all(WorkQueue turns, int member) {
        List<String> pieces = new ArrayList<>();
        for (String piece = next(turns, member); !piece.equals("none"); piece = next(turns, member)) {
            pieces.add(piece);
        }
        return pieces;
    }

    @Test
    void aMemberTakesHalfOfWhatIsLeftOfItsShare() {
        WorkQueue turns = new WorkQueue(2);
        turns.begin(1536, 96);
        assertEquals("768 to 1152", next(turns, 1));
        assertEquals("0 to 384", next(turns, 0));
        assertEquals("1152 to 1344", next(turns, 1));
        assertEquals("384 to 576", next(turns, 0));
        assertEquals("576 to 672", next(turns, 0));
        assertEquals("672 to 768", next(turns, 0));
    }

    @Test
    void thenHalfOfWhatIsLeftOfAnothersFromTheEnd() {
        WorkQueue turns = new WorkQueue(2);
        turns.begin(1536, 96);
        assertEquals("0 to 384", next(turns, 0));
        assertEquals(List.of("768 to 1152", "1152 to 1344", "1344 to 1440", "1440 to 1536", "576 to 768", "480 to 576",
                "384 to 480"), all(turns, 1));
        assertEquals("none", next(turns, 0));
        assertEquals("none", next(turns, 1));
    }

    @Test
    void whoHasNothingLeftAsksAllOthersInTurn() {
        WorkQueue turns = new WorkQueue(3);
        turns.begin(96, 32);
        assertEquals(List.of("32 to 64", "64 to 96", "0 to 32"), all(turns, 1));
        assertEquals("none", next(turns, 2));
        assertEquals("none", next(turns, 0));
    }

    @Test
    void piecesAreWholeExceptTheLastOfAShare() {
        WorkQueue turns = new WorkQueue(2);
        turns.begin(405, 48);
        // Shares of whole grains: 0 to 208 and 208 to 405.
        assertEquals("208 to 352", next(turns, 1));
        assertEquals("352 to 400", next(turns, 1));
        assertEquals("400 to 405", next(turns, 1));
        assertEquals("64 to 208", next(turns, 1));
        assertEquals("0 to 48", next(turns, 0));
        assertEquals("48 to 64", next(turns, 0));
    }

    @Test
    void aShareIsOnePieceIfSoMuchIsTheLeast() {
        WorkQueue turns = new WorkQueue(2);
        turns.begin(768, 768);
        assertEquals("0 to 384", next(turns, 0));
        assertEquals("384 to 768", next(turns, 1));
        assertEquals("none", next(turns, 0));
    }

    @Test
    void whoIsAloneTakesAllAtOnce() {
        WorkQueue turns = new WorkQueue(1);
        turns.begin(50280, 16);
        assertEquals(List.of("0 to 50280"), all(turns, 0));
    }

    @Test
    void itemsThatAreFewerThanMembersAreTakenToo() {
        WorkQueue turns = new WorkQueue(5);
        turns.begin(3, 96);
        assertEquals(List.of("0 to 3"), all(turns, 2));
        turns.begin(0, 96);
        assertEquals("none", next(turns, 4));
    }

    @Test
    void rowsAreManyFromSixtyFourOn() {
        assertFalse(WorkQueue.areMany(63));
        assertTrue(WorkQueue.areMany(64));
        Kernels scalar = KernelChoice.SCALAR.load();
        assertEquals(WorkQueue.LEAST_OF_FEW_ROWS, scalar.linear().leastOutputs(63));
        assertEquals(WorkQueue.LEAST_OF_MANY_ROWS, scalar.linear().leastOutputs(64));
    }

    @Test
    void refusesWhatCannotBeShared() {
        assertEquals("members: expected 1 to 1024, found 0",
                assertThrows(IllegalArgumentException.class, () -> new WorkQueue(0)).getMessage());
        assertEquals("members: expected 1 to 1024, found 1025",
                assertThrows(IllegalArgumentException.class, () -> new WorkQueue(1025)).getMessage());
        WorkQueue turns = new WorkQueue(2);
        assertEquals("-1 items cannot be shared in pieces of at least 1",
                assertThrows(IllegalArgumentException.class, () -> turns.begin(-1, 1)).getMessage());
        assertEquals("8 items cannot be shared in pieces of at least 0",
                assertThrows(IllegalArgumentException.class, () -> turns.begin(8, 0)).getMessage());
    }

    @Test
    void everyItemHasOneTurnInEveryRegion() {
        for (int members = 1; members <= 5; members++) {
            try (ThreadTeam team = new ThreadTeam(members)) {
                WorkQueue turns = new WorkQueue(members);
                for (int items : new int[]{0, 1, 15, 16, 96, 200, 384 * members, 384 * members + 7, 5000}) {
                    for (int least : new int[]{1, 16, 96, 10_000}) {
                        AtomicIntegerArray done = new AtomicIntegerArray(items);
                        turns.begin(items, least);
                        team.run((member, size) -> {
                            for (long p = turns.next(member); p != WorkQueue.NONE; p = turns.next(member)) {
                                for (int i = WorkQueue.from(p); i < WorkQueue.to(p); i++) {
                                    done.incrementAndGet(i);
                                }
                            }
                        });
                        for (int i = 0; i < items; i++) {
                            assertEquals(1, done.get(i), "item " + i + " of " + items + ", members " + members);
                        }
                    }
                }
            }
        }
    }
}
