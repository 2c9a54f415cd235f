package io.github.mamba4j.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * The results of the same benchmarks, run several times one after another: A B A B, not A A B B. On a machine that is
 * faster in one minute than in the next, only such runs can be compared.
 */
final class Rounds {
    /** What was measured to its scores, one of each round. */
    private final Map<String, List<Double>> scores = new TreeMap<>();

    /** Adds a round. */
    void add(Collection<RunResult> round) {
        for (RunResult run : round) {
            String name = name(run.getParams());
            add(name, run.getPrimaryResult());
            run.getSecondaryResults().forEach((counter, result) -> add(name + " " + counter, result));
        }
    }

    private void add(String name, Result<?> result) {
        add(name + " " + result.getScoreUnit(), result.getScore());
    }

    /** Adds one score of a round. */
    void add(String name, double score) {
        scores.computeIfAbsent(name, key -> new ArrayList<>()).add(score);
    }

    /** The benchmark without its package, and its parameters. */
    private static String name(BenchmarkParams params) {
        String benchmark = params.getBenchmark().replaceFirst("^.*\\.(?=[^.]+\\.[^.]+$)", "");
        String values = params.getParamsKeys().stream().map(key -> key + "=" + params.getParam(key))
                .collect(Collectors.joining(" "));
        return values.isEmpty() ? benchmark : benchmark + " " + values;
    }

    /** Writes a line for everything that was measured: what is in the middle of its scores, and how far they reach. */
    void print(PrintStream out) {
        int width = scores.keySet().stream().mapToInt(String::length).max().orElse(0);
        out.printf(Locale.ROOT, "%nOf the rounds: median, least, lower quartile, upper quartile, most%n");
        scores.forEach((name, values) -> out.printf(Locale.ROOT,
                "%-" + Math.max(1, width) + "s %12.5g %12.5g %12.5g %12.5g %12.5g%n", name, quantile(values, 0.5),
                quantile(values, 0), quantile(values, 0.25), quantile(values, 0.75), quantile(values, 1)));
    }

    /** The value below which such a part of the values lies, interpolated between the two nearest. */
    static double quantile(List<Double> values, double part) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double at = part * (sorted.length - 1);
        int below = (int) at;
        double above = sorted[Math.min(below + 1, sorted.length - 1)];
        return sorted[below] + (at - below) * (above - sorted[below]);
    }
}
