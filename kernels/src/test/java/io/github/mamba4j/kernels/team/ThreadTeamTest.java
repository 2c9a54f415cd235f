package io.github.mamba4j.kernels.team;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The timeout is there to report a hang, not to measure. */
@Timeout(240)
class ThreadTeamTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyMemberRunsOncePerRegion(int size) {
        try (ThreadTeam team = new ThreadTeam(size)) {
            assertEquals(size, team.size());
            for (int region = 0; region < 1000; region++) {
                var runs = new AtomicIntegerArray(size);
                team.run((member, members) -> {
                    assertEquals(size, members);
                    runs.incrementAndGet(member);
                });
                for (int member = 0; member < size; member++) {
                    assertEquals(1, runs.get(member));
                }
            }
        }
    }

    @Test
    void theCallerIsMemberZeroAndTheOthersAreThreadsThatStay() {
        try (ThreadTeam team = new ThreadTeam(3)) {
            Thread[] first = threadsOf(team);
            assertSame(Thread.currentThread(), first[0]);
            assertEquals(3, Arrays.stream(first).distinct().count());
            assertArrayEquals(first, threadsOf(team));
        }
    }

    private static Thread[] threadsOf(ThreadTeam team) {
        Thread[] threads = new Thread[team.size()];
        team.run((member, members) -> threads[member] = Thread.currentThread());
        return threads;
    }

    /** Plain arrays on purpose: a member must see what the caller and the other member wrote before. */
    @Test
    void aHundredThousandRegionsSeeWhatTheOnesBeforeWrote() {
        int regions = 100_000;
        int[] input = new int[1];
        long[][] sums = new long[2][2];
        try (ThreadTeam team = new ThreadTeam(2)) {
            for (int i = 1; i <= regions; i++) {
                input[0] = i;
                long[] last = sums[(i + 1) % 2];
                long[] next = sums[i % 2];
                team.run((member, members) -> next[member] = last[1 - member] + input[0]);
            }
        }
        long sum = (long) regions * (regions + 1) / 2;
        assertArrayEquals(new long[]{sum, sum}, sums[regions % 2]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void aFailureOfAnyMemberIsRethrownAfterAllHaveFinished(int size) {
        try (ThreadTeam team = new ThreadTeam(size)) {
            for (int failing = 0; failing < size; failing++) {
                int culprit = failing;
                var failure = new IllegalArgumentException("member " + culprit);
                var finished = new AtomicIntegerArray(size);
                var thrown = assertThrows(IllegalArgumentException.class, () -> team.run((member, members) -> {
                    if (member == culprit) {
                        throw failure;
                    }
                    Thread.yield();
                    finished.incrementAndGet(member);
                }));
                assertSame(failure, thrown);
                for (int member = 0; member < size; member++) {
                    assertEquals(member == culprit ? 0 : 1, finished.get(member));
                }
                var usable = new AtomicIntegerArray(size);
                team.run((member, members) -> usable.incrementAndGet(member));
                assertEquals(1, usable.get(size - 1));
            }
        }
    }

    @Test
    void errorsAreRethrownAsTheyAre() {
        try (ThreadTeam team = new ThreadTeam(2)) {
            var error = new StackOverflowError();
            assertSame(error, assertThrows(StackOverflowError.class, () -> team.run((member, members) -> {
                if (member == 1) {
                    throw error;
                }
            })));
        }
    }

    @Test
    void whenAllFailOneFailureIsRethrown() {
        try (ThreadTeam team = new ThreadTeam(3)) {
            assertThrows(IllegalArgumentException.class, () -> team.run((member, members) -> {
                throw new IllegalArgumentException();
            }));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aClosedTeamRefusesWork(int size) {
        ThreadTeam team = new ThreadTeam(size);
        team.close();
        team.close();
        var e = assertThrows(IllegalStateException.class, () -> team.run((member, members) -> {}));
        assertEquals("the thread team is closed", e.getMessage());
    }

    @Test
    void closingEndsTheThreadsWhetherTheySpinOrPark() throws InterruptedException {
        for (boolean idle : new boolean[]{false, true}) {
            ThreadTeam team = new ThreadTeam(3);
            Thread[] threads = threadsOf(team);
            if (idle) {
                awaitParked(threads[1]);
                awaitParked(threads[2]);
            }
            team.close();
            for (int member = 1; member < 3; member++) {
                threads[member].join();
                assertFalse(threads[member].isAlive());
            }
        }
    }

    private static void awaitParked(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.yield();
        }
    }

    @Test
    void idleMembersParkAndWakeAgain() {
        try (ThreadTeam team = new ThreadTeam(3)) {
            for (int i = 0; i < 20; i++) {
                Thread[] threads = threadsOf(team);
                awaitParked(threads[1]);
                awaitParked(threads[2]);
            }
        }
    }

    @Test
    void anInterruptedMemberParksAllTheSame() {
        try (ThreadTeam team = new ThreadTeam(2)) {
            Thread worker = threadsOf(team)[1];
            team.run((member, members) -> worker.interrupt());
            awaitParked(worker);
            team.run((member, members) -> assertFalse(member == 1 && Thread.currentThread().isInterrupted()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aMemberCannotRunAnotherRegion(int size) {
        try (ThreadTeam team = new ThreadTeam(size)) {
            for (int nesting = 0; nesting < size; nesting++) {
                int culprit = nesting;
                var e = assertThrows(IllegalStateException.class, () -> team.run((member, members) -> {
                    if (member == culprit) {
                        team.run((m, n) -> {});
                    }
                }));
                assertEquals("a region cannot run another region of its team", e.getMessage());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aMemberCannotCloseTheTeam(int size) {
        ThreadTeam team = new ThreadTeam(size);
        for (int closing = 0; closing < size; closing++) {
            int culprit = closing;
            var e = assertThrows(IllegalStateException.class, () -> team.run((member, members) -> {
                if (member == culprit) {
                    team.close();
                }
            }));
            assertEquals("a region cannot close its team", e.getMessage());
        }
        assertEquals(size, threadsOf(team).length);
        team.close();
    }

    @Test
    void aMemberMayUseAnotherTeam() {
        try (ThreadTeam outer = new ThreadTeam(2); ThreadTeam inner = new ThreadTeam(2)) {
            var runs = new AtomicIntegerArray(2);
            outer.run((member, members) -> inner.run((m, n) -> runs.incrementAndGet(m)));
            assertEquals(2, runs.get(0));
            assertEquals(2, runs.get(1));
        }
    }

    @Test
    void regionsOfSeveralCallersRunOneAtATime() throws InterruptedException {
        try (ThreadTeam team = new ThreadTeam(3)) {
            var occupancy = new Occupancy();
            var failure = new AtomicReference<Throwable>();
            var start = new CountDownLatch(1);
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                callers.add(Thread.ofPlatform().start(() -> {
                    try {
                        start.await();
                        for (int region = 0; region < 300; region++) {
                            Object id = new Object();
                            team.run((member, members) -> occupancy.visit(id));
                        }
                    } catch (Throwable t) {
                        failure.set(t);
                    }
                }));
            }
            start.countDown();
            for (Thread caller : callers) {
                caller.join();
            }
            assertEquals(null, failure.get());
            assertEquals(3 * 300 * 3, occupancy.visits);
        }
    }

    /** Refuses visitors of one region while those of another are inside. */
    private static final class Occupancy {
        private Object present;
        private int inside;
        private int visits;

        void visit(Object id) {
            synchronized (this) {
                assertTrue(inside == 0 || present == id);
                present = id;
                inside++;
                visits++;
            }
            Thread.yield();
            synchronized (this) {
                inside--;
            }
        }
    }

    @Test
    void theInterruptStatusOfTheCallerSurvives() {
        try (ThreadTeam team = new ThreadTeam(2)) {
            Thread caller = Thread.currentThread();
            // Set before the region, then while the caller waits for it.
            for (boolean before : new boolean[]{true, false}) {
                if (before) {
                    caller.interrupt();
                }
                team.run((member, members) -> {
                    if (member == 1) {
                        awaitParked(caller);
                        caller.interrupt();
                    }
                });
                assertTrue(Thread.interrupted());
                team.run((member, members) -> {});
                assertFalse(Thread.interrupted());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, ThreadTeam.MAX_SIZE + 1})
    void sizesOutsideTheBoundsAreRefused(int size) {
        var e = assertThrows(IllegalArgumentException.class, () -> new ThreadTeam(size));
        assertEquals("threads: expected 1 to 1024, found " + size, e.getMessage());
    }

    @Test
    void aRegionMustBeGiven() {
        try (ThreadTeam team = new ThreadTeam(1)) {
            assertThrows(NullPointerException.class, () -> team.run(null));
        }
    }

    @Test
    void sharesCoverAllItemsInOrderAndAreWholeGrains() {
        int[] counts = {0, 1, 2, 15, 16, 17, 100, 768, 1536, 50280, Integer.MAX_VALUE - 1, Integer.MAX_VALUE};
        for (int items : counts) {
            for (int members : new int[]{1, 2, 3, 7, 8, 64, ThreadTeam.MAX_SIZE}) {
                for (int grain : new int[]{1, 2, 16, 48, 1000, Integer.MAX_VALUE}) {
                    checkShares(items, members, grain);
                }
            }
        }
    }

    private static void checkShares(int items, int members, int grain) {
        String what = items + " items, " + members + " members, grain " + grain;
        assertEquals(0, ThreadTeam.split(0, members, items, grain), what);
        assertEquals(items, ThreadTeam.split(members, members, items, grain), what);
        long smallest = Long.MAX_VALUE;
        long largest = 0;
        for (int member = 0; member < members; member++) {
            int from = ThreadTeam.split(member, members, items, grain);
            int to = ThreadTeam.split(member + 1, members, items, grain);
            assertTrue(from <= to, what);
            assertTrue(from % grain == 0 || from == items, what);
            long grains = Math.ceilDiv((long) to - from, (long) grain);
            smallest = Math.min(smallest, grains);
            largest = Math.max(largest, grains);
        }
        assertTrue(largest - smallest <= 1, what);
    }
}
