package io.github.mamba4j.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.github.mamba4j.engine.generate.FinishReason;
import io.github.mamba4j.engine.generate.GenerationOutcome;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.TextGenerator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Many prompts at once: a line of JSON for each of a file's lines, in the file's order, each as soon as those before it
 * are done. A line that cannot be used is reported with its number and does not stop the others.
 */
final class PromptBatch {
    private final Io io;
    private final String file;
    private final double loadMillis;
    /** The numbers of the lines that are asked for, from 0. */
    private final List<Integer> lines = new ArrayList<>();
    private final List<GenerationRequest> requests = new ArrayList<>();
    /** What came before its turn. */
    private final Map<Integer, GenerationOutcome> early = new HashMap<>();
    private int printed;
    private boolean failed;
    private boolean stopped;

    /**
     * A generated text as JSON.
     *
     * @param index the number of its line, from 0
     * @param report the text
     */
    private record Line(int index, @JsonUnwrapped GenerationReport report) {}

    /**
     * Begins a batch.
     *
     * @param io takes results and messages
     * @param file what to call the prompts in messages
     * @param loadMillis how long it took to load the model, in milliseconds
     */
    PromptBatch(Io io, String file, double loadMillis) {
        this.io = io;
        this.file = file;
        this.loadMillis = loadMillis;
    }

    /**
     * Generates all texts.
     *
     * @param generator generates them
     * @param text the lines; blank ones are left out
     * @param parser makes a request of a line, or throws an {@link IllegalArgumentException}
     * @return the exit code
     */
    int run(TextGenerator generator, String text, Function<String, GenerationRequest> parser) {
        read(text, parser);
        Thread caller = Thread.currentThread();
        try (var progress = new Progress(io, "Generating", "texts", requests.size())) {
            Interruption.cancels(caller::interrupt, () -> generator.generateAll(requests, outcome -> {
                early.put(outcome.index(), outcome);
                while (early.containsKey(printed)) {
                    print(early.remove(printed));
                }
                progress.to(printed);
            }));
        }
        return stopped ? Mamba.STOPPED : failed ? Failures.FAILURE : 0;
    }

    private void read(String text, Function<String, GenerationRequest> parser) {
        List<String> all = text.lines().toList();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isBlank()) {
                continue;
            }
            try {
                requests.add(parser.apply(all.get(i)));
                lines.add(i);
            } catch (IllegalArgumentException e) {
                report(i, e);
            }
        }
    }

    private void print(GenerationOutcome outcome) {
        int line = lines.get(printed++);
        outcome.error().ifPresent(error -> report(line, error));
        outcome.result().ifPresent(result -> {
            // A program that reads the lines must not take half a text for a whole one.
            if (result.finishReason() == FinishReason.CANCELLED) {
                stopped = true;
                return;
            }
            io.println(Json.line(new Line(line, GenerationReport.of(result, loadMillis))));
            io.flush();
        });
    }

    private void report(int line, Throwable error) {
        failed = true;
        Failures.say(file + ", line " + (line + 1) + ": " + error.getMessage(), io);
    }
}
