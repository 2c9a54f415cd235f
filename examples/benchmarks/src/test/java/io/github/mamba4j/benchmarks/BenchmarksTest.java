package io.github.mamba4j.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs every benchmark for a moment at tiny dimensions; each checks its results in its set-up. */
class BenchmarksTest {
    private static final String ROUNDS_HEAD = "Of the rounds: median, least, lower quartile, upper quartile, most";

    static Collection<RunResult> run(Class<?> benchmark, String... params) throws RunnerException {
        var options = new OptionsBuilder().include(benchmark.getName() + "\\.").forks(0).warmupIterations(0)
                .measurementIterations(1).measurementTime(TimeValue.milliseconds(1)).shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT).param("preset", Dimensions.TINY).param("megabytes", "1");
        for (int i = 0; i < params.length; i += 2) {
            options.param(params[i], params[i + 1].split(","));
        }
        return new Runner(options.build()).run();
    }

    static Set<String> names(Collection<RunResult> results) {
        return results.stream().map(result -> result.getParams().getBenchmark().replaceFirst(".*\\.", ""))
                .collect(Collectors.toSet());
    }

    @Test
    void matmulReportsGigabytesAndGigaflops() throws RunnerException {
        Collection<RunResult> results = run(MatmulBenchmark.class, "rows", "1,16");
        // Two kernels, five matrices, three formats, two numbers of rows.
        assertEquals(2 * 5 * 3 * 2, results.size());
        for (RunResult result : results) {
            assertEquals(Set.of("gigabytes", "gigaflops"), result.getSecondaryResults().keySet());
        }
    }

    @Test
    void scanAndConvolutionReportTheTimeOfAValue() throws RunnerException {
        Collection<RunResult> results = run(ScanBenchmark.class, "rows", "1,7,70");
        assertEquals(Set.of("selectiveScan", "convSilu"), names(results));
        assertEquals(2 * 3 * 2, results.size());
        for (RunResult result : results) {
            assertEquals("ns/op", result.getSecondaryResults().get("values").getScoreUnit());
        }
    }

    @Test
    void elementsRun() throws RunnerException {
        assertEquals(Set.of("rmsNorm", "exp", "silu", "softplus", "argmax", "expSum"),
                names(run(ElementBenchmark.class)));
    }

    @Test
    void teamsRun() throws RunnerException {
        assertEquals(Set.of("handOff"), names(run(TeamBenchmark.class, "threads", "1,3")));
    }

    @Test
    void limitsAreMeasured() throws RunnerException {
        Collection<RunResult> results = run(LimitsBenchmark.class, "threads", "1,2");
        assertEquals(Set.of("multiplyAdd", "read"), names(results));
        for (RunResult result : results) {
            boolean read = result.getParams().getBenchmark().endsWith("read");
            assertTrue(result.getSecondaryResults().get(read ? "gigabytes" : "gigaflops").getScore() > 0.01,
                    result.toString());
            assertEquals(0, result.getSecondaryResults().get(read ? "gigaflops" : "gigabytes").getScore());
        }
    }

    @Test
    void benchmarksTakeTurns() throws Exception {
        var printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        System.setOut(new PrintStream(printed, true, UTF_8));
        try {
            Benchmarks.run(new String[]{"--rounds", "3", "--short", "ElementBenchmark.(rmsNorm|argmax)", "-f", "0",
                    "-wi", "0", "-i", "1", "-r", "1ms"});
        } finally {
            System.setOut(out);
        }
        List<String> lines = printed.toString(UTF_8).lines().toList();
        assertEquals(List.of("argmax", "rmsNorm", "argmax", "rmsNorm", "argmax", "rmsNorm"),
                lines.stream().filter(line -> line.startsWith("# Benchmark: "))
                        .map(line -> line.replaceFirst(".*\\.", ""))
                        .toList());
        List<String> medians = lines.subList(lines.indexOf(ROUNDS_HEAD) + 1, lines.size());
        assertEquals(4, medians.size(), "two benchmarks, each with the time of a value: " + medians);
        assertTrue(medians.stream().allMatch(line -> line.startsWith("ElementBenchmark.")
                && line.contains("preset=mamba-130m")), medians.toString());
    }

    @Test
    void roundsEndWithQuartiles() {
        var rounds = new Rounds();
        for (double score : new double[]{9, 1, 4, 2, 3}) {
            rounds.add("long name", score);
        }
        rounds.add("b", 0.00125);
        rounds.add("b", 0.00375);
        var printed = new ByteArrayOutputStream();
        rounds.print(new PrintStream(printed, true, UTF_8));
        assertEquals(List.of("", ROUNDS_HEAD,
                "b            0.0025000    0.0012500    0.0018750    0.0031250    0.0037500",
                "long name       3.0000       1.0000       2.0000       4.0000       9.0000"),
                printed.toString(UTF_8).lines().toList());
    }

    @Test
    void aQuantileLiesBetweenItsNeighbours() {
        assertEquals(3, Rounds.quantile(List.of(9., 3., 1.), 0.5));
        assertEquals(2, Rounds.quantile(List.of(9., 3., 1., 0.), 0.5));
        assertEquals(7, Rounds.quantile(List.of(7.), 0.75));
        assertEquals(9, Rounds.quantile(List.of(9., 3., 1.), 1));
        assertEquals(1.5, Rounds.quantile(List.of(9., 3., 1.), 0.125));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "x", "1000", "1.5", ""})
    void aWrongNumberOfRoundsIsRefused(String count) {
        for (String option : List.of("--rounds", "--side-by-side")) {
            var e = assertThrows(CommandLineOptionException.class,
                    () -> Benchmarks.run(new String[]{option, count, "--short"}));
            assertEquals(option + ": expected a number from 1 to 999, found " + count, e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"matmul|expected -p and parameters, found matmul", "-p dtype=BF16|no -p dtype",
            "-p rows=0|-p rows: expected a number from 1 to 99999, found 0", "-p preset=mamba-9b|mamba-9b",
            "-p projection=Q_PROJ|Q_PROJ", "-p megabytes=x|-p megabytes: expected a number from 1 to 99999, found x"})
    void whatCannotBeComparedSideBySideIsRefused(String arguments, String message) {
        String[] args = ("--side-by-side 2 " + arguments).split(" ");
        var e = assertThrows(CommandLineOptionException.class, () -> Benchmarks.run(args));
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--rounds x|--rounds: expected a number from 1 to 999, found x",
            "--short --nope|nope is not a recognized option",
            "--side-by-side 1|the panama kernels cannot be used: the Vector API is not loaded; start Java with "
                    + "--add-modules jdk.incubator.vector"})
    void theProgramEndsWithOneLineIfItsArgumentsAreWrong(String arguments, String line) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp", System.getProperty("java.class.path"), Benchmarks.class.getName()));
        command.addAll(List.of(arguments.split(" ")));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        // They could add the module, and Java tells that it has read them.
        builder.environment().keySet().removeAll(Set.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
        Process program = builder.start();
        assertEquals(line, new String(program.getInputStream().readAllBytes(), UTF_8).strip());
        assertEquals(1, program.waitFor());
    }

    @Test
    void theShortRunTakesOneModelAndTheFastKernelsUnlessToldOtherwise(@TempDir Path folder) throws Exception {
        Path results = folder.resolve("results.csv");
        Benchmarks.run(new String[]{"--short", "ElementBenchmark.rmsNorm|LlamaBenchmark", "-p", "kernels=scalar", "-f",
                "0", "-wi", "0", "-i", "1", "-r", "1ms", "-o", folder.resolve("log.txt").toString(), "-rf", "csv",
                "-rff", results.toString()});
        String csv = Files.readString(results);
        // Below the head: one benchmark, and the time of a value.
        assertEquals(3, csv.lines().count(), csv);
        assertTrue(csv.lines().skip(1).allMatch(line -> line.contains("mamba-130m") && line.contains("scalar")), csv);
    }

    @Test
    void aWrongProductIsFound() {
        try (var matmul = new MatmulCase(Dimensions.of(Dimensions.TINY), Projection.OUT_PROJ, DType.BF16, 3, 0)) {
            float[] zeros = new float[3 * matmul.outputs()];
            var e = assertThrows(IllegalStateException.class, () -> matmul.check(zeros, 1e-6f));
            assertTrue(e.getMessage().startsWith("a wrong result (row 0, output 0)"), e.getMessage());
        }
    }
}
