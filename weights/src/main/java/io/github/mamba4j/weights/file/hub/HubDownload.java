package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One download, as its caller sees it: the work is done on other threads, while this one tells the listener of it. */
final class HubDownload {
    private static final long TICK_MILLIS = 100;

    private final HubId id;
    private final HubOptions options;
    private final HubListener listener;
    private final Stop stop = new Stop();

    HubDownload(HubId id, HubOptions options, HubListener listener) {
        this.id = id;
        this.options = options;
        this.listener = listener;
    }

    /**
     * Fetches a model.
     *
     * @return the folder or the GGUF file
     */
    Path model() throws IOException {
        run(new HubJob(id, options, Set.of(), stop));
        Lookup.Result found = Lookup.find(options.cache(), id);
        return found.path().orElseThrow(() -> new HubException(found.missing()));
    }

    /**
     * Fetches files that need not be a model.
     *
     * @param names their names, at least one
     * @return the folder they are in
     */
    Path files(Set<String> names) throws IOException {
        return run(new HubJob(id, options, names, stop));
    }

    private Path run(HubJob job) throws IOException {
        if (options.offline()) {
            throw new HubException(id + ": it cannot be fetched, because HF_HUB_OFFLINE forbids the network");
        }
        var task = new FutureTask<>(job);
        Thread worker = Thread.ofVirtual().name("mamba4j-download").start(task);
        try {
            return await(job, task);
        } catch (CancellationException e) {
            var stopped = new CancellationException(
                    id + ": the download was stopped; the next one goes on with what is there");
            stopped.initCause(e);
            throw stopped;
        } finally {
            stop.set();
            join(worker);
        }
    }

    private Path await(HubJob job, FutureTask<Path> task) throws IOException {
        boolean started = false;
        while (true) {
            if (listener.isCancelled()) {
                stop.set();
            }
            // In this order: what is done when the work has ended is told too.
            boolean ended = task.isDone();
            started = tell(job, started);
            try {
                if (!ended) {
                    task.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
                    continue;
                }
                return task.get();
            } catch (TimeoutException e) {
                // Not yet.
                continue;
            } catch (InterruptedException e) {
                throw stop.interrupted();
            } catch (ExecutionException e) {
                throw failure(e.getCause());
            }
        }
    }

    private boolean tell(HubJob job, boolean started) {
        HubJob.Plan plan = job.plan();
        if (plan == null) {
            return false;
        }
        if (!started) {
            listener.started(plan.files(), plan.bytes());
        }
        listener.progress(job.doneBytes());
        return true;
    }

    /** The failure of another thread. */
    static IOException failure(Throwable cause) {
        return switch (cause) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new HubException("the download failed: " + cause, cause);
        };
    }

    /** Files are closed when this returns; the worker has been told to end. */
    private static void join(Thread worker) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            worker.join();
        } catch (InterruptedException e) {
            interrupted = true;
            throw new InterruptedIOException("the download was interrupted");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
