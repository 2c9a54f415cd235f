package io.github.mamba4j.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Gives work that is under way the time to end in good order when the process is told to stop (Ctrl-C, or a signal from
 * outside): what is on the screen stays, the line is ended, files are closed. The exit code is the signal's.
 */
final class Interruption {
    private static final long GRACE_SECONDS = 10;

    private Interruption() {}

    /**
     * Does work that can be cancelled.
     *
     * @param <T> what comes of it
     * @param cancel asks the work to end soon; called on another thread when the process is told to stop
     * @param work the work
     * @return its result
     */
    static <T> T cancels(Runnable cancel, Supplier<T> work) {
        var finished = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            cancel.run();
            await(finished);
        }, "mamba-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.get();
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
