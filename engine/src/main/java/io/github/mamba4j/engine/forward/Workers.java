package io.github.mamba4j.engine.forward;

import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.team.ThreadTeam;
import io.github.mamba4j.kernels.team.WorkQueue;

/**
 * The threads of a model and how they share work: outputs, channels, heads or rows are handed out in pieces, to whoever is
 * free. Which thread takes a piece changes no bit of a result.
 *
 * <p>For one call of a model at a time.
 */
public final class Workers implements AutoCloseable {
    /**
     * Work on a range of items.
     *
     * @param <C> what it works with
     */
    @FunctionalInterface
    public interface Task<C> {
        /**
         * Does a piece.
         *
         * @param context what to work with
         * @param from the first item
         * @param to the item after the last
         * @param scratch working memory of the thread
         */
        void run(C context, int from, int to, Scratch scratch);
    }

    private final ThreadTeam team;
    private final WorkQueue queue;
    private final Scratch[] scratch;
    private final ThreadTeam.Region region = this::takePieces;
    /** The work that is being shared: a region of the team takes no arguments. */
    private Task<Object> task;
    private Object context;

    /** Starts the threads. */
    Workers(int threads) {
        team = new ThreadTeam(threads);
        queue = new WorkQueue(threads);
        scratch = new Scratch[threads];
        for (int i = 0; i < threads; i++) {
            scratch[i] = new Scratch();
        }
    }

    /**
     * The number of threads.
     *
     * @return the size of the team, the caller included
     */
    public int size() {
        return team.size();
    }

    /**
     * Shares work among all threads, and returns when all of it is done.
     *
     * @param <C> what the work works with
     * @param with what to work with
     * @param items how many items there are
     * @param least the smallest piece that is worth a turn
     * @param work what to do with a piece
     */
    @SuppressWarnings("unchecked") // A context only meets the task that came with it.
    public <C> void share(C with, int items, int least, Task<C> work) {
        queue.begin(items, least);
        task = (Task<Object>) work;
        context = with;
        try {
            team.run(region);
        } finally {
            task = null;
            context = null;
        }
    }

    /**
     * Does work on the calling thread: what is over sooner than a team is called together.
     *
     * @param <C> what the work works with
     * @param with what to work with
     * @param items how many items there are
     * @param work what to do with them
     */
    public <C> void alone(C with, int items, Task<C> work) {
        work.run(with, 0, items, scratch[0]);
    }

    /**
     * Shares work on single rows if there are enough of them, else does it on the calling thread.
     *
     * @param <C> what the work works with
     * @param with what to work with
     * @param rows how many rows there are
     * @param few up to so many rows, one thread is done sooner than a team is called together
     * @param work what to do with a range of rows
     */
    public <C> void shareOrAlone(C with, int rows, int few, Task<C> work) {
        if (rows <= few) {
            alone(with, rows, work);
        } else {
            share(with, rows, 1, work);
        }
    }

    private void takePieces(int member, int members) {
        for (long p = queue.next(member); p != WorkQueue.NONE; p = queue.next(member)) {
            task.run(context, WorkQueue.from(p), WorkQueue.to(p), scratch[member]);
        }
    }

    /** Ends the threads. */
    @Override
    public void close() {
        team.close();
    }
}
