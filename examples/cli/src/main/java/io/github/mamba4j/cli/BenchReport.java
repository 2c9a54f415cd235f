package io.github.mamba4j.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Arrays;
import java.util.List;

/**
 * The result of {@code mamba bench}.
 *
 * @param model the name of the model
 * @param parameters the number of its trained values
 * @param dtype the format of its large matrices
 * @param weightBytes the size of all its weights in memory
 * @param stateBytes the size of one sequence's state, which a step reads and writes
 * @param threads the threads that worked
 * @param kernels the kernels, with their vector width
 * @param promptTokens the length of the prompt
 * @param genTokens the tokens decoded after it
 * @param repeat how often
 * @param batch the sequences that stepped together while decoding
 * @param prefill the prompt, a single sequence's
 * @param decode the steps after it
 * @param peakRssBytes the most memory that the process occupied
 * @param contexts a decoding step at several lengths of context; left out if it was not asked for
 * @param otherThreads the same with other numbers of threads; left out if it was not asked for
 * @param machine what it ran on
 */
record BenchReport(String model, long parameters, String dtype, long weightBytes, long stateBytes, int threads,
        String kernels,
        int promptTokens, int genTokens, int repeat, int batch, Prefill prefill, Decode decode, long peakRssBytes,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<ContextCost> contexts,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<OtherThreads> otherThreads, Environment machine) {
    /**
     * Several measurements of one rate, or of how one rate compares with another.
     *
     * @param median the median
     * @param min the smallest
     * @param max the largest
     */
    record Rate(double median, double min, double max) {
        static Rate of(double[] values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            int n = sorted.length;
            return new Rate((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1]);
        }

        private String text() {
            return Table.decimal(median, 1) + " tokens/s (" + Table.decimal(min, 1) + " to " + Table.decimal(max, 1)
                    + ")";
        }
    }

    /**
     * The speed of reading a prompt.
     *
     * @param tokensPerSecond tokens of the prompt
     * @param percentOfFmaPeak two operations for each token and parameter outside embedding and head, against the peak
     */
    record Prefill(Rate tokensPerSecond, double percentOfFmaPeak) {}

    /**
     * The speed of decoding.
     *
     * @param tokensPerSecond tokens of all sequences together
     * @param percentOfReadBandwidth the weights, which every step reads once, against the bandwidth
     */
    record Decode(Rate tokensPerSecond, double percentOfReadBandwidth) {}

    /**
     * What one more token costs.
     *
     * @param tokens the length of the context
     * @param millisecondsPerToken the median time of a decoding step after it
     * @param stateBytes what is kept of the context
     * @param residentBytes the memory that the process occupies then
     */
    record ContextCost(int tokens, double millisecondsPerToken, long stateBytes, long residentBytes) {}

    /**
     * The same model with another number of threads, in turns with it.
     *
     * @param threads the threads that worked
     * @param prefillTokensPerSecond tokens of the prompt
     * @param prefillSpeedup how many times as fast the report's own threads read it
     * @param decodeTokensPerSecond tokens of all sequences together
     * @param decodeSpeedup how many times as fast the report's own threads decode
     */
    record OtherThreads(int threads, Rate prefillTokensPerSecond, Rate prefillSpeedup, Rate decodeTokensPerSecond,
            Rate decodeSpeedup) {}

    /**
     * The machine, and what it can do at best: medians of measurements between those of the model.
     *
     * @param fmaPeakGflops 10^9 operations per second of multiply-adds in registers, all threads together
     * @param readBandwidthGbs 10^9 bytes per second that all threads together read
     * @param java version and virtual machine
     * @param system operating system
     * @param processor its name, or null if it is not known
     * @param processors how many
     * @param memoryBytes memory of the machine
     */
    record Environment(double fmaPeakGflops, double readBandwidthGbs, String java, String system, String processor,
            int processors, long memoryBytes) {}

    void print(Io io) {
        new Table().add("model", model + ": " + Table.count(parameters) + " parameters, " + dtype + ", "
                + Table.bytes(weightBytes))
                .add("prefill", prefill.tokensPerSecond().text() + ", " + percent(prefill.percentOfFmaPeak())
                        + " of the FMA peak; prompt of " + Table.count(promptTokens))
                .add("decode", decode.tokensPerSecond().text() + ", " + percent(decode.percentOfReadBandwidth())
                        + " of the read bandwidth; " + Table.count(genTokens) + " tokens"
                        + (batch == 1 ? "" : " of each of " + batch + " sequences"))
                .add("memory", Table.bytes(peakRssBytes) + " at most")
                .add("FMA peak", Table.decimal(machine.fmaPeakGflops(), 1) + " GFLOP/s")
                .add("read bandwidth", Table.decimal(machine.readBandwidthGbs(), 1) + " GB/s")
                .add("threads", threads).add("kernels", kernels)
                .add("processor", (machine.processor() == null ? "unknown" : machine.processor()) + ", "
                        + machine.processors() + " processors")
                .add("Java", machine.java()).add("system", machine.system()).print(io);
        if (!contexts.isEmpty()) {
            io.println("");
            io.println("    context   ms/token        state     resident");
            contexts.forEach(c -> io.println("%11s %10s %12s %12s".formatted(Table.count(c.tokens()),
                    Table.decimal(c.millisecondsPerToken(), 3), Table.bytes(c.stateBytes()),
                    Table.bytes(c.residentBytes()))));
        }
        if (!otherThreads.isEmpty()) {
            io.println("");
            String times = "times as fast with %d".formatted(threads);
            io.println("    threads    prefill  %-24s   decode  %s".formatted(times, times));
            otherThreads.forEach(o -> io.println("%11d %10s  %-24s %8s  %s".formatted(o.threads(),
                    Table.decimal(o.prefillTokensPerSecond().median(), 1), range(o.prefillSpeedup()),
                    Table.decimal(o.decodeTokensPerSecond().median(), 1), range(o.decodeSpeedup()))));
        }
    }

    private static String range(Rate times) {
        return Table.decimal(times.median(), 2) + " (" + Table.decimal(times.min(), 2) + " to "
                + Table.decimal(times.max(), 2) + ")";
    }

    private static String percent(double value) {
        return Table.decimal(value, 1) + " %";
    }
}
