package io.github.mamba4j.kernels.team;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A fixed team of threads that work on parallel regions, one after another. The caller is member 0 and takes part; the
 * others wait between regions, first awake (a region follows the last within microseconds while a model runs), then
 * parked (an idle team costs nothing). Awake they let other threads go first, so that a team may be larger than the number
 * of processors, or share them.
 *
 * <p>Regions are handed out through one volatile counter and come back through another, without locks or allocation:
 * a step of a small model has about a hundred regions of 50 to 200 microseconds.
 *
 * <p>Thread-safe: regions that several threads submit run one at a time. A region must not submit another one.
 */
public final class ThreadTeam implements AutoCloseable {
    /** The work of a region. */
    @FunctionalInterface
    public interface Region {
        /**
         * Does one member's share.
         *
         * @param member who runs it, 0 to {@code members - 1}
         * @param members the size of the team
         */
        void run(int member, int members);
    }

    /** The largest team. */
    public static final int MAX_SIZE = 1024;

    /** Checks of a flag before a waiting thread lets others go first: some tens of microseconds. */
    private static final int SPINS = 4000;
    /**
     * How long a thread waits before it parks. To wake up takes as long as a short region, and longer in a virtual machine,
     * whose processor has gone to someone else in the meantime.
     */
    private static final long PATIENCE_NANOS = 5_000_000;
    private static final VarHandle PENDING;
    private static final VarHandle GENERATION;

    static {
        try {
            var lookup = MethodHandles.lookup();
            PENDING = lookup.findVarHandle(ThreadTeam.class, "pending", int.class);
            GENERATION = lookup.findVarHandle(ThreadTeam.class, "generation", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int size;
    private final Worker[] workers;
    private final ReentrantLock submission = new ReentrantLock();

    /** Counts the regions; a change of it starts the workers. Written by the caller, after {@link #region}. */
    private volatile int generation;
    /** The workers that have not finished the present region. */
    private volatile int pending;
    private Region region;
    private volatile Throwable failure;
    private volatile Thread caller;
    private volatile boolean closed;

    /**
     * Starts a team.
     *
     * @param size the number of members, the caller included: 1 to {@value #MAX_SIZE}
     * @throws IllegalArgumentException if the size is outside these bounds
     */
    public ThreadTeam(int size) {
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("threads: expected 1 to " + MAX_SIZE + ", found " + size);
        }
        this.size = size;
        workers = new Worker[size - 1];
        try {
            for (int i = 0; i < workers.length; i++) {
                workers[i] = new Worker(i + 1);
                workers[i].start();
            }
        } catch (Throwable t) {
            // The system has no more threads to give: those that it has given must not wait for ever.
            close();
            throw t;
        }
    }

    /**
     * The number of members.
     *
     * @return the size, the caller included
     */
    public int size() {
        return size;
    }

    /**
     * Where a member's share of a number of items begins, if all shares are as equal as whole grains allow. The share
     * of member m goes from {@code split(m, ..)} to {@code split(m + 1, ..)}.
     *
     * @param member the member, 0 to {@code members}
     * @param members the size of the team
     * @param items how many items there are
     * @param grain how many items stay together; the last grain may be smaller
     * @return the first item of the member's share; {@code items} for the member after the last
     */
    public static int split(int member, int members, int items, int grain) {
        int grains = Math.ceilDiv(items, grain);
        return (int) Math.min(items, (long) grains * member / members * grain);
    }

    /**
     * Runs a region on all members and returns when all have finished. What the members wrote is then visible to the
     * caller.
     *
     * @param work the work
     * @throws IllegalStateException if the team is closed, or the caller is inside a region of this team
     */
    public void run(Region work) {
        Objects.requireNonNull(work, "work");
        if (insideRegion()) {
            throw new IllegalStateException("a region cannot run another region of its team");
        }
        submission.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the thread team is closed");
            }
            if (size == 1) {
                work.run(0, 1);
            } else {
                runOnAll(work);
            }
        } finally {
            submission.unlock();
        }
    }

    /** Whether the calling thread is a member at work: waiting for the present region to end, it would wait for itself. */
    private boolean insideRegion() {
        return submission.isHeldByCurrentThread()
                || Thread.currentThread() instanceof Worker worker && worker.team() == this;
    }

    private void runOnAll(Region work) {
        region = work;
        failure = null;
        caller = Thread.currentThread();
        pending = workers.length;
        GENERATION.getAndAdd(this, 1);
        for (Worker worker : workers) {
            if (worker.parked) {
                LockSupport.unpark(worker);
            }
        }
        Throwable own = null;
        try {
            work.run(0, size);
        } catch (Throwable t) {
            own = t;
        }
        // Even after a failure: the workers may still be writing into the caller's buffers.
        awaitWorkers();
        region = null;
        rethrow(own != null ? own : failure);
    }

    private void awaitWorkers() {
        boolean interrupted = false;
        long start = System.nanoTime();
        for (int checks = 0; pending != 0; checks++) {
            if (!waitsAwake(checks, start)) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Between two checks of a flag: lets a moment pass, or says that it is time to park. */
    private static boolean waitsAwake(int checks, long start) {
        if (checks < SPINS) {
            Thread.onSpinWait();
            return true;
        }
        if (System.nanoTime() - start > PATIENCE_NANOS) {
            return false;
        }
        Thread.yield();
        return true;
    }

    private static void rethrow(Throwable t) {
        switch (t) {
            case null -> {
            }
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(t);
        }
    }

    /**
     * Ends the threads. Waits for a region that is running. Closing again does nothing.
     *
     * @throws IllegalStateException if the caller is inside a region of this team
     */
    @Override
    public void close() {
        if (insideRegion()) {
            throw new IllegalStateException("a region cannot close its team");
        }
        submission.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            GENERATION.getAndAdd(this, 1);
            for (Worker worker : workers) {
                LockSupport.unpark(worker);
            }
        } finally {
            submission.unlock();
        }
    }

    private final class Worker extends Thread {
        private final int member;
        private volatile boolean parked;

        Worker(int member) {
            super("mamba4j-" + member);
            this.member = member;
            setDaemon(true);
        }

        ThreadTeam team() {
            return ThreadTeam.this;
        }

        @Override
        public void run() {
            for (int seen = 0;; seen++) {
                awaitGenerationAfter(seen);
                if (closed) {
                    return;
                }
                try {
                    region.run(member, size);
                } catch (Throwable t) {
                    failure = t;
                }
                if ((int) PENDING.getAndAdd(ThreadTeam.this, -1) == 1) {
                    LockSupport.unpark(caller);
                }
            }
        }

        private void awaitGenerationAfter(int seen) {
            long start = System.nanoTime();
            for (int checks = 0; waitsAwake(checks, start); checks++) {
                if (generation != seen) {
                    return;
                }
            }
            parked = true;
            // Checked again after the flag is up: a caller that did not see the flag has moved the generation before.
            while (generation == seen) {
                LockSupport.park(ThreadTeam.this);
                // Nobody waits for an interrupt here, and while it is set nothing parks.
                Thread.interrupted();
            }
            parked = false;
        }
    }
}
