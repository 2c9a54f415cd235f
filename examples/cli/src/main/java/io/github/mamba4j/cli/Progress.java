package io.github.mamba4j.cli;

import java.time.Duration;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * A progress bar on standard error, if that is a terminal and the work takes longer than a moment. It is wiped out when
 * the work is done. Not thread-safe.
 */
final class Progress implements AutoCloseable {
    private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int WIDTH = 78;

    private final Io io;
    private final String task;
    private final String unit;
    private final long total;
    private final long start = System.nanoTime();
    private ProgressBar bar;

    /**
     * Begins the work.
     *
     * @param io has standard error
     * @param task what is being done
     * @param unit what is counted
     * @param total how many there are; -1 if that is not known
     */
    Progress(Io io, String task, String unit, long total) {
        this.io = io;
        this.task = task;
        this.unit = unit;
        this.total = total;
    }

    /**
     * Says how far the work is.
     *
     * @param done how many are done
     */
    void to(long done) {
        if (bar == null && io.terminal() && System.nanoTime() - start > PATIENCE_NANOS) {
            bar = new ProgressBarBuilder().setTaskName(task).setUnit(" " + unit, 1).setInitialMax(total)
                    .setStyle(ProgressBarStyle.ASCII).clearDisplayOnFinish()
                    .setConsumer(new DelegatingProgressBarConsumer(this::show, WIDTH)).build();
        }
        if (bar != null) {
            bar.stepTo(done);
        }
    }

    private void show(String line) {
        io.errStream().print("\r" + line);
        io.errStream().flush();
    }

    /** Wipes the bar out. */
    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
