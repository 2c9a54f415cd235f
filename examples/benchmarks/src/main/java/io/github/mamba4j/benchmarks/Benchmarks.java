package io.github.mamba4j.benchmarks;

import java.io.IOException;
import java.util.Arrays;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * The program of {@code benchmarks.jar}. Its arguments are those of JMH: a pattern that chooses benchmarks,
 * {@code -p preset=mamba-370m} and the like to choose parameters, {@code -l} for a list, {@code -h} for help. All
 * benchmarks with all parameters take hours. {@code --short} as the first argument runs those that are chosen for a short
 * time, with the fast kernels and at the dimensions of mamba-130m only: some minutes for all of them. llama.cpp takes part
 * if there is a file for it. {@code --rounds n} before that runs all that is chosen n times over and ends with medians: so
 * benchmarks take turns, and can be compared although the machine is faster in one minute than in the next.
 * {@code --side-by-side n} instead of all that compares products with OpenBLAS's in still shorter turns, see
 * {@link SideBySide}; this is the only one to run here and not in a JVM that JMH starts, and needs the Vector API here.
 *
 * <pre>
 * mvn -pl examples/benchmarks -am -DskipTests -Pbenchmark verify
 * mvn -pl examples/benchmarks -am -DskipTests -Pbenchmark "-Dbenchmark.arguments=--short Matmul -p rows=512" verify
 * java -jar benchmarks.jar --short
 * java -jar benchmarks.jar MatmulBenchmark -p preset=mamba-1.4b -p dtype=BF16
 * java -jar benchmarks.jar LlamaBenchmark -p gguf=model.gguf
 * java -jar benchmarks.jar --rounds 5 --short "Limits.*Add|matmul" -p rows=512 -p dtype=F32
 * java --add-modules jdk.incubator.vector -jar benchmarks.jar --side-by-side 40 -p preset=mamba-370m
 * </pre>
 */
public final class Benchmarks {
    private static final String ROUNDS = "--rounds";
    private static final String SHORT = "--short";
    private static final String SIDE_BY_SIDE = "--side-by-side";

    private Benchmarks() {}

    /**
     * Runs benchmarks. Arguments that cannot be understood are told in one line, and the program ends with 1.
     *
     * @param args {@code --rounds n}, {@code --short}, both or nothing, then what JMH takes; or {@code --side-by-side n},
     *     then parameters
     * @throws IOException if JMH cannot read its list of benchmarks
     * @throws RunnerException if a benchmark cannot be run
     * @throws InterruptedException if the thread is interrupted while it rests between products
     */
    public static void main(String[] args) throws IOException, RunnerException, InterruptedException {
        try {
            run(args);
        } catch (CommandLineOptionException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    static void run(String[] args)
            throws IOException, RunnerException, CommandLineOptionException, InterruptedException {
        if (args.length > 0 && args[0].equals(SIDE_BY_SIDE)) {
            int count = count(args);
            var chosen = new CommandLineOptions(Arrays.copyOfRange(args, 2, args.length));
            new SideBySide(chosen, count).run(System.out).print(System.out);
            return;
        }
        boolean rounds = args.length > 0 && args[0].equals(ROUNDS);
        int own = rounds ? 2 : 0;
        boolean brief = args.length > own && args[own].equals(SHORT);
        String[] rest = Arrays.copyOfRange(args, Math.min(args.length, brief ? own + 1 : own), args.length);
        if (!rounds && !brief) {
            Main.main(args);
            return;
        }
        int count = rounds ? count(args) : 1;
        CommandLineOptions chosen = new CommandLineOptions(rest);
        Options options = brief ? brief(chosen) : chosen;
        Rounds results = new Rounds();
        for (int i = 0; i < count; i++) {
            results.add(new Runner(options).run());
        }
        if (rounds) {
            results.print(System.out);
        }
    }

    private static int count(String[] args) throws CommandLineOptionException {
        String found = args.length > 1 ? args[1] : "nothing";
        if (!found.matches("[1-9][0-9]{0,2}")) {
            throw new CommandLineOptionException(args[0] + ": expected a number from 1 to 999, found " + found);
        }
        return Integer.parseInt(found);
    }

    private static Options brief(CommandLineOptions chosen) {
        ChainedOptionsBuilder options = new OptionsBuilder().parent(chosen);
        if (!chosen.getWarmupIterations().hasValue()) {
            options.warmupIterations(3);
        }
        if (!chosen.getWarmupTime().hasValue()) {
            options.warmupTime(TimeValue.seconds(1));
        }
        if (!chosen.getMeasurementIterations().hasValue()) {
            options.measurementIterations(3);
        }
        if (!chosen.getMeasurementTime().hasValue()) {
            options.measurementTime(TimeValue.milliseconds(500));
        }
        param(options, chosen, "preset", "mamba-130m");
        param(options, chosen, "kernels", "panama");
        param(options, chosen, "dtype", "F32", "BF16");
        param(options, chosen, "projection", "IN_PROJ", "OUT_PROJ", "LM_HEAD");
        param(options, chosen, "rows", "1", "512");
        if (!chosen.getParameter("gguf").hasValue()) {
            options.exclude(LlamaBenchmark.class.getName());
        }
        return options.build();
    }

    private static void param(ChainedOptionsBuilder options, CommandLineOptions chosen, String name,
            String... values) {
        if (!chosen.getParameter(name).hasValue()) {
            options.param(name, values);
        }
    }
}
