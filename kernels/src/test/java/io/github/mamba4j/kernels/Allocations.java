package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts what kernels allocate. */
public final class Allocations {
    private static final int CALLS = 200;
    /** Compilers come late; until then the interpreter puts vectors into objects. */
    private static final int MAX_ROUNDS = 3000;
    private static final int PAUSE_MILLIS = 2;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /** Fails if a kernel still allocates when it is compiled. */
    public static void assertAllocatesNothing(Runnable kernel) throws InterruptedException {
        long bytes = -1;
        for (int round = 0; round < MAX_ROUNDS && bytes != 0; round++) {
            if (round > 0) {
                Thread.sleep(PAUSE_MILLIS);
            }
            long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < CALLS; i++) {
                kernel.run();
            }
            bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, bytes, "bytes allocated by " + CALLS + " calls");
    }
}
