package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.machine.MachineLimits;
import io.github.mamba4j.kernels.team.ThreadTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What the machine can do at best, so that the other benchmarks of a run can be said in parts of it: products of many rows
 * in parts of the processors' multiply-adds, products of one row in parts of what memory delivers.
 */
public class LimitsBenchmark extends BenchmarkDefaults {
    /** How many threads; 0 for one per processor. */
    @Param("0")
    private int threads;

    /** The size of what is read from memory. */
    @Param("512")
    private int megabytes;

    private ThreadTeam team;
    private Arena arena;
    private List<MemorySegment> data;
    private MachineLimits limits;

    /** For JMH. */
    public LimitsBenchmark() {}

    /** Starts the threads and fills the memory. */
    @Setup
    public void setUp() {
        team = new ThreadTeam(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
        arena = Arena.ofShared();
        data = List.of(arena.allocate(Math.max(1, megabytes) * 1_000_000L).fill((byte) 1));
        limits = new MachineLimits(team);
    }

    /** Ends the threads. */
    @TearDown
    public void tearDown() {
        team.close();
        arena.close();
    }

    /**
     * Multiply-adds that stay in registers.
     *
     * @param rates counts them
     */
    @Benchmark
    public void multiplyAdd(Rates.Matmul rates) {
        long start = System.nanoTime();
        double gigaflopsPerSecond = limits.fmaPeakGflops();
        rates.gigaflops += gigaflopsPerSecond * secondsSince(start);
    }

    /**
     * All of the memory, read by all threads: the better of two ways, as if all of the time had gone into that one.
     *
     * @param rates counts the bytes
     */
    @Benchmark
    public void read(Rates.Matmul rates) {
        long start = System.nanoTime();
        double gigabytesPerSecond = limits.readGigabytesPerSecond(data);
        rates.gigabytes += gigabytesPerSecond * secondsSince(start);
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }
}
