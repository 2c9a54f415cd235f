package io.github.mamba4j.benchmarks;

import static io.github.mamba4j.benchmarks.BenchmarksTest.names;
import static io.github.mamba4j.benchmarks.BenchmarksTest.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.abort;

import ai.djl.engine.Engine;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.runner.RunnerException;

/** Runs the other libraries' benchmarks for a moment, where their native code is to be had. */
class PeerBenchmarksTest {
    /** Ends a test without a verdict if a library cannot be loaded here. */
    private static void assumeLoads(Runnable library) {
        try {
            library.run();
        } catch (Exception | LinkageError e) {
            abort("cannot be loaded on this machine: " + e);
        }
    }

    @Test
    void theEngineRuns() throws RunnerException {
        assertEquals(Set.of("block", "prefill", "decode"),
                names(run(EngineBenchmark.class, "rows", "1,5", "promptTokens", "9")));
    }

    @Test
    void nd4jComputesTheSame() throws RunnerException {
        assumeLoads(Nd4j::getBackend);
        assertEquals(Set.of("matmul", "block"), names(run(Nd4jBenchmark.class, "rows", "1,5")));
    }

    @Test
    void pyTorchComputesTheSame() throws RunnerException {
        assumeLoads(() -> Engine.getEngine(PyTorchBenchmark.ENGINE));
        assertEquals(Set.of("matmul", "block", "prefill"),
                names(run(PyTorchBenchmark.class, "rows", "1,5", "promptTokens", "9")));
    }

    @Test
    void llamaIsSkippedWithoutAFile() {
        assertThrows(RunnerException.class, () -> run(LlamaBenchmark.class));
    }
}
