package io.github.mamba4j.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.JsonNode;
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
    private final List<JsonNode> ids = new ArrayList<>();
    /** What came before its turn. */
    private final Map<Integer, GenerationOutcome> early = new HashMap<>();
    private int printed;
    private boolean failed;
    private boolean stopped;
    private boolean incomplete;

    /**
     * A generated text as JSON.
     *
     * @param index the number of its line, from 0
     * @param id what the line has as such, or null
     * @param report the text
     */
    private record Line(int index, @JsonInclude(JsonInclude.Include.NON_NULL) JsonNode id,
            @JsonUnwrapped GenerationReport report) {}

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
    int run(TextGenerator generator, String text, Function<String, PromptLine.Parsed> parser) {
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
        return stopped ? Mamba.STOPPED : failed ? Failures.FAILURE : incomplete ? Failures.INCOMPLETE : 0;
    }

    private void read(String text, Function<String, PromptLine.Parsed> parser) {
        List<String> all = text.lines().toList();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isBlank()) {
                continue;
            }
            try {
                PromptLine.Parsed parsed = parser.apply(all.get(i));
                requests.add(parsed.request());
                ids.add(parsed.id());
                lines.add(i);
            } catch (IllegalArgumentException e) {
                report(i, e);
            }
        }
    }

    private void print(GenerationOutcome outcome) {
        JsonNode id = ids.get(printed);
        int line = lines.get(printed++);
        outcome.error().ifPresent(error -> report(line, error));
        outcome.result().ifPresent(result -> {
            // A program that reads the lines must not take half a text for a whole one.
            if (result.finishReason() == FinishReason.CANCELLED) {
                stopped = true;
                return;
            }
            io.println(Json.line(new Line(line, id, GenerationReport.of(result, loadMillis))));
            io.flush();
            if (!result.complete()) {
                incomplete = true;
                Failures.warn(place(line) + GenerateCommand.cut(result), io);
            }
        });
    }

    private void report(int line, Throwable error) {
        failed = true;
        Throwable named = error instanceof IllegalArgumentException e ? Failures.snakeCase(e) : error;
        Failures.say(place(line) + named.getMessage(), io);
    }

    private String place(int line) {
        return file + ", line " + (line + 1) + ": ";
    }
}
