package io.github.mamba4j.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Gives work that is under way the time to end in good order when the process is told to stop (Ctrl-C, or a signal from
 * outside): what is on the screen stays, the line is ended, files are closed. The exit code is the signal's.
 */
final class Interruption {
    private static final long GRACE_SECONDS = 10;

    private Interruption() {}

    /**
     * Work that may fail.
     *
     * @param <T> what comes of it
     * @param <E> how it fails
     */
    interface Work<T, E extends Exception> {
        /**
         * Does it.
         *
         * @return the result
         * @throws E if it fails
         */
        T run() throws E;
    }

    /**
     * Does work that can be cancelled.
     *
     * @param <T> what comes of it
     * @param <E> how it fails
     * @param cancel asks the work to end soon; called on another thread when the process is told to stop
     * @param work the work
     * @return its result
     * @throws E what the work throws
     */
    static <T, E extends Exception> T cancels(Runnable cancel, Work<T, E> work) throws E {
        var finished = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            cancel.run();
            await(finished);
        }, "mamba-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.run();
        } finally {
            finished.countDown();
            remove(hook);
        }
    }

    private static void await(CountDownLatch finished) {
        try {
            finished.await(GRACE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending, and the hook is at work: nothing is left to be removed.
            return;
        }
    }
}
