package io.github.mamba4j.engine.forward;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs the passes of virtual threads. A pass meets the other threads of its team about a hundred times and waits awake for
 * them; a virtual thread that waits gives its carrier away and is behind all others when it wants it back. So it waits once,
 * for the whole pass. The thread is started when a virtual thread first needs it.
 *
 * <p>For one call at a time.
 */
public final class PlatformThread implements AutoCloseable {
    private ExecutorService executor;

    /** Starts nothing yet. */
    public PlatformThread() {}

    /**
     * Runs a pass, on the calling thread if that is a platform thread, and returns when it has ended. An interrupt neither
     * ends the pass nor is lost.
     *
     * @param pass what to run; what it throws is thrown here
     */
    public void run(Runnable pass) {
        if (!Thread.currentThread().isVirtual()) {
            pass.run();
            return;
        }
        if (executor == null) {
            executor = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("mamba4j-0").daemon(true).factory());
        }
        await(executor.submit(pass));
    }

    private static void await(Future<?> pass) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    pass.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Ends the thread. */
    @Override
    public void close() {
        if (executor != null) {
            executor.shutdown();
        }
    }
}
