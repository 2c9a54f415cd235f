package io.github.mamba4j.cli;

import io.github.mamba4j.engine.ModelOptions;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mamba doctor}: what the machine offers. */
@Command(name = "doctor", description = {"Says what would make it faster.",
        "And what this machine offers to the engine, and what is used of it."})
final class DoctorCommand implements Callable<Integer> {
    private static final long LITTLE_MEMORY = 1L << 30;

    private final Io io;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /**
     * The diagnosis.
     *
     * @param version the version of mamba4j
     * @param machine what it runs on
     * @param kernels the kernels in use, with their vector width
     * @param reason why these and no others
     * @param threads how many threads a model uses unless it is told otherwise
     * @param advice what would make it faster; may be empty
     */
    private record Diagnosis(String version, Machine machine, String kernels, String reason, int threads,
            List<String> advice) {}

    DoctorCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws Exception {
        KernelChoice choice = KernelChoice.fromSystemProperty();
        Kernels kernels = choice.load();
        Machine machine = Machine.inspect();
        var diagnosis = new Diagnosis(Version.number(), machine, kernels.description(), reason(choice),
                ModelOptions.defaults().threads(), advice(choice, machine));
        if (json) {
            io.println(Json.line(diagnosis));
        } else {
            print(diagnosis);
        }
        return 0;
    }

    private static String reason(KernelChoice choice) {
        String property = "-D" + KernelChoice.PROPERTY;
        return switch (choice) {
            case SCALAR -> "asked for by " + property;
            case PANAMA -> "asked for by " + property;
            case AUTO -> KernelChoice.obstacle().map(obstacle -> "the vector kernels cannot run: " + obstacle)
                    .orElse("Java's Vector API is there");
        };
    }

    private static List<String> advice(KernelChoice choice, Machine machine) {
        List<String> advice = new ArrayList<>();
        KernelChoice.obstacle().ifPresent(obstacle -> advice.add("vector kernels: " + obstacle));
        if (choice == KernelChoice.SCALAR) {
            advice.add("vector kernels: leave out -D" + KernelChoice.PROPERTY + "=scalar");
        }
        if (!machine.optimised()) {
            advice.add("optimising compiler: start Java without -Xint and -XX:TieredStopAtLevel");
        }
        if (machine.powersave()) {
            advice.add("clock: the processors are kept slow; choose the governor 'performance'");
        }
        if (machine.processors() == 1) {
            advice.add("processors: this process may use one only; more make prompts faster");
        }
        if (machine.freeMemoryBytes() < LITTLE_MEMORY) {
            advice.add(
                    "memory: little is free; weights that do not stay in memory are read from the disk for every token");
        }
        return List.copyOf(advice);
    }

    private void print(Diagnosis d) {
        Machine m = d.machine();
        Table table = new Table().add("mamba4j", d.version()).add("Java", m.java()).add("system", m.system())
                .add("processor", m.processor() == null ? "unknown" : m.processor())
                .add("processors", m.processors())
                .add("memory", Table.bytes(m.memoryBytes()) + ", " + Table.bytes(m.freeMemoryBytes()) + " free")
                .add("Java heap", "at most " + Table.bytes(m.heapBytes()) + " (weights are outside it)")
                .add("kernels", d.kernels() + ": " + d.reason()).add("threads", d.threads());
        if (d.advice().isEmpty()) {
            table.add("to be faster", "nothing to be changed");
        }
        d.advice().forEach(line -> table.add("to be faster", line));
        table.print(io);
    }
}
