package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.machine.MachineLimits;
import io.github.mamba4j.kernels.team.ThreadTeam;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Products by mamba4j and by OpenBLAS, a tenth of a second each, one after the other in the same process. JMH measures
 * one for some seconds in a process of its own before it turns to the next, and on a machine that others use too it is
 * another one by then; here the two of a round are neighbours, and what is said of a round is their ratio.
 */
final class SideBySide {
    /** How long each works in a round, after as long unmeasured: after a rest products are slower at first. */
    private static final long WORK_NANOS = 100_000_000;
    /** After a product OpenBLAS's threads look for more work for so long, on processors that somebody else needs. */
    private static final long REST_MILLIS = 250;
    private static final TimeValue WARM_UP = TimeValue.seconds(3);

    private final List<String> presets;
    private final List<Projection> projections;
    private final List<Integer> rows;
    private final int megabytes;
    private final long warmUpNanos;
    private final Kernels kernels;
    private final int count;
    private final Rounds results = new Rounds();

    /**
     * Prepares.
     *
     * @param chosen the parameters {@code preset}, {@code projection}, {@code rows} and {@code megabytes} and the time to
     *     warm up, where they are not to be the usual ones
     * @param count how many rounds
     * @throws CommandLineOptionException if there is something else, a value is wrong, or this JVM has no Vector API
     */
    SideBySide(Options chosen, int count) throws CommandLineOptionException {
        if (!chosen.getIncludes().isEmpty()) {
            throw new CommandLineOptionException(
                    "side by side there are products only: expected -p and parameters, found "
                            + String.join(" ", chosen.getIncludes()));
        }
        for (String fixed : List.of("dtype", "kernels", "threads")) {
            if (chosen.getParameter(fixed).hasValue()) {
                throw new CommandLineOptionException(
                        "side by side all is float32, with vectors and a thread for each processor: there is no -p "
                                + fixed);
            }
        }
        try {
            presets = values(chosen, "preset", "mamba-130m", "mamba-1.4b");
            presets.forEach(Dimensions::of);
            projections = values(chosen, "projection", "IN_PROJ", "OUT_PROJ").stream().map(Projection::valueOf)
                    .toList();
            rows = values(chosen, "rows", "512").stream().map(text -> number("rows", text)).toList();
            megabytes = number("megabytes", values(chosen, "megabytes", "256").getFirst());
        } catch (IllegalArgumentException e) {
            throw new CommandLineOptionException(e.getMessage());
        }
        try {
            kernels = KernelChoice.PANAMA.load();
        } catch (IllegalStateException e) {
            throw new CommandLineOptionException(e.getMessage(), e);
        }
        warmUpNanos = chosen.getWarmupTime().orElse(WARM_UP).convertTo(TimeUnit.NANOSECONDS);
        this.count = count;
    }

    private static List<String> values(Options chosen, String param, String... standard) {
        return List.copyOf(chosen.getParameter(param).orElse(List.of(standard)));
    }

    private static int number(String param, String text) {
        if (!text.matches("[1-9][0-9]{0,4}")) {
            throw new IllegalArgumentException("-p " + param + ": expected a number from 1 to 99999, found " + text);
        }
        return Integer.parseInt(text);
    }

    /** Compares all that is chosen; writes what comes next before it begins. */
    Rounds run(PrintStream out) throws InterruptedException {
        int threads = Runtime.getRuntime().availableProcessors();
        Scratch[] scratch = IntStream.range(0, threads).mapToObj(i -> new Scratch()).toArray(Scratch[]::new);
        try (ThreadTeam team = new ThreadTeam(threads)) {
            for (String preset : presets) {
                for (Projection projection : projections) {
                    for (int r : rows) {
                        String name = projection + " of " + preset + ", rows " + r;
                        out.println("side by side: " + name);
                        compare(name, Dimensions.of(preset), projection, r, team, scratch);
                    }
                }
            }
        }
        return results;
    }

    private void compare(String name, Dimensions config, Projection projection, int rowCount, ThreadTeam team,
            Scratch[] scratch) throws InterruptedException {
        try (var matmul = new MatmulCase(config, projection, DType.F32, rowCount, megabytes);
                var theirs = new Nd4jProduct(matmul)) {
            var ours = new TeamProduct(matmul, kernels, team, i -> scratch[i]);
            ours.multiply(0);
            matmul.check(ours.y.data(), 0);
            var limits = new MachineLimits(team);
            warmUp(() -> gigaflops(matmul, ours::multiply));
            warmUp(() -> gigaflops(matmul, theirs::multiply));
            warmUp(limits::fmaPeakGflops);
            List<IntConsumer> parties = List.of(ours::multiply, theirs::multiply);
            for (int round = 0; round < count; round++) {
                Thread.sleep(REST_MILLIS);
                limits.fmaPeakGflops();
                double peak = limits.fmaPeakGflops();
                double[] rates = new double[parties.size()];
                for (int turn = 0; turn < rates.length; turn++) {
                    // Each begins every second round.
                    int party = (round + turn) % rates.length;
                    Thread.sleep(REST_MILLIS);
                    gigaflops(matmul, parties.get(party));
                    rates[party] = gigaflops(matmul, parties.get(party));
                }
                add(name, rates[0], rates[1], peak);
            }
        }
    }

    private void add(String name, double ours, double theirs, double peak) {
        results.add(name + ": mamba4j, GFLOP/s", ours);
        results.add(name + ": OpenBLAS, GFLOP/s", theirs);
        results.add(name + ": multiply-adds, GFLOP/s", peak);
        results.add(name + ": mamba4j to OpenBLAS", ours / theirs);
        results.add(name + ": mamba4j to multiply-adds", ours / peak);
    }

    private void warmUp(Runnable work) {
        long start = System.nanoTime();
        do {
            work.run();
        } while (System.nanoTime() - start < warmUpNanos);
    }

    private static double gigaflops(MatmulCase matmul, IntConsumer multiply) {
        long products = 0;
        long start = System.nanoTime();
        long nanos;
        do {
            multiply.accept(matmul.next());
            products++;
            nanos = System.nanoTime() - start;
        } while (nanos < WORK_NANOS);
        return (double) products * matmul.operations() / nanos;
    }
}
