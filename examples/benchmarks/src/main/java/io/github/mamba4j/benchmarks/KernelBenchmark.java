package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.team.ThreadTeam;
import java.util.Locale;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** What benchmarks of kernels share: the kernels and the threads that they run on. */
public abstract class KernelBenchmark extends BenchmarkDefaults {
    /** Channels or outputs that stay in one thread, as in the engine. */
    static final int GRAIN = 16;

    @Param({"panama", "scalar"})
    private String kernels;

    /** How many threads; 0 for one per processor. */
    @Param("0")
    private int threads;

    private Kernels loaded;
    private ThreadTeam team;
    private Scratch[] scratch;

    /** For subclasses. */
    protected KernelBenchmark() {}

    /** Loads the kernels, starts the threads, and then makes and checks what the benchmark needs. */
    @Setup
    public void setUp() {
        loaded = KernelChoice.valueOf(kernels.toUpperCase(Locale.ROOT)).load();
        team = new ThreadTeam(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
        scratch = new Scratch[team.size()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
        prepare();
    }

    /** Ends the threads. */
    @TearDown
    public void tearDown() {
        team.close();
        free();
    }

    /** Makes what the benchmark works on, and checks results; kernels and threads are there. */
    abstract void prepare();

    /** Frees what the garbage collector does not. */
    void free() {}

    Kernels kernels() {
        return loaded;
    }

    /** The definition, which results are checked against. */
    static Kernels reference() {
        return KernelChoice.SCALAR.load();
    }

    ThreadTeam team() {
        return team;
    }

    Scratch scratch(int member) {
        return scratch[member];
    }
}
