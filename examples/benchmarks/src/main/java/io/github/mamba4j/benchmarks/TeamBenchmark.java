package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.team.ThreadTeam;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The time to hand a region of no work to all threads and to have it back. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TeamBenchmark extends BenchmarkDefaults {
    /** How many threads; 0 for one per processor. */
    @Param({"0"})
    private int threads;

    private ThreadTeam team;
    private int[] visits;
    private final ThreadTeam.Region region = (member, members) -> visits[member * 16]++;

    /** For JMH. */
    public TeamBenchmark() {}

    /** Starts the threads. */
    @Setup
    public void setUp() {
        team = new ThreadTeam(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
        visits = new int[team.size() * 16];
        team.run(region);
        for (int member = 0; member < team.size(); member++) {
            Checks.requireEqual("visits of member " + member, 1, visits[member * 16], 0);
        }
    }

    /** Ends the threads. */
    @TearDown
    public void tearDown() {
        team.close();
    }

    /** One region. */
    @Benchmark
    public void handOff() {
        team.run(region);
    }
}
