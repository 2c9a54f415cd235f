package io.github.mamba4j.benchmarks;

import static io.github.mamba4j.benchmarks.BenchmarksTest.names;
import static io.github.mamba4j.benchmarks.BenchmarksTest.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.abort;

import ai.djl.engine.Engine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

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
    void productsSideBySideAreCompared() throws Exception {
        assumeLoads(Nd4j::getBackend);
        var printed = new ByteArrayOutputStream();
        var out = new PrintStream(printed, true, UTF_8);
        var options = new CommandLineOptions("-p", "preset=" + Dimensions.TINY, "-p", "rows=5,1", "-p", "megabytes=1",
                "-p", "projection=OUT_PROJ", "-w", "1ms");
        new SideBySide(options, 1).run(out).print(out);
        List<String> lines = printed.toString(UTF_8).lines().toList();
        assertEquals("side by side: OUT_PROJ of tiny, rows 5", lines.getFirst());
        for (int rows : new int[]{1, 5}) {
            String name = "OUT_PROJ of tiny, rows " + rows + ": ";
            double ours = median(lines, name + "mamba4j, GFLOP/s ");
            for (String other : List.of("OpenBLAS", "multiply-adds")) {
                double ratio = median(lines, name + "mamba4j to " + other + " ");
                // Five digits of each are printed.
                assertEquals(ours, ratio * median(lines, name + other + ", GFLOP/s "), 1e-3 * ours, other);
            }
        }
    }

    private static double median(List<String> lines, String name) {
        List<String> found = lines.stream().filter(line -> line.startsWith(name)).toList();
        assertEquals(1, found.size(), name);
        return Double.parseDouble(found.getFirst().substring(name.length()).strip().split(" +")[0]);
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
