package io.github.mamba4j.cli;

import io.github.mamba4j.kernels.team.ThreadTeam;
import java.util.List;

/**
 * What {@code mamba bench} measures.
 *
 * @param promptTokens the length of the prompt
 * @param genTokens how many tokens are decoded after it
 * @param repeat how often both are measured
 * @param batch how many sequences step together while decoding
 * @param warmUpSeconds how long the compiler is given before
 * @param contexts the lengths of context at which a decoding step is measured; may be empty
 * @param otherThreads other numbers of threads that are compared with; may be empty
 */
record BenchSettings(int promptTokens, int genTokens, int repeat, int batch, int warmUpSeconds,
        List<Integer> contexts, List<Integer> otherThreads) {
    private static final int MAX_TOKENS = 1_000_000;
    private static final int MAX_CONTEXT = 100_000_000;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException naming the option that is out of range
     */
    BenchSettings {
        require("--prompt-tokens", promptTokens, 1, MAX_TOKENS);
        require("--gen-tokens", genTokens, 1, MAX_TOKENS);
        require("--repeat", repeat, 1, 1000);
        require("--batch", batch, 1, 4096);
        require("--warm-up", warmUpSeconds, 0, 600);
        contexts = contexts.stream().sorted().distinct().toList();
        contexts.forEach(length -> require("--context", length, 1, MAX_CONTEXT));
        otherThreads = otherThreads.stream().sorted().distinct().toList();
        otherThreads.forEach(threads -> require("--compare-threads", threads, 1, ThreadTeam.MAX_SIZE));
    }

    private static void require(String option, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    option + ": expected " + min + " to " + max + ", found " + value);
        }
    }
}
