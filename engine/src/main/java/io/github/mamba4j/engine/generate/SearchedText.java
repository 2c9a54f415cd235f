package io.github.mamba4j.engine.generate;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The best text of a beam search: there is one chunk, when the search has ended. */
final class SearchedText implements TextSource {
    /** Searches from a prompt that was read. */
    interface Search {
        List<BeamSearch.Found> run(SharedPrompt prompt, BooleanSupplier cancelled);
    }

    private final TextGenerator generator;
    private final GenerationRequest request;
    private final Search search;
    private volatile boolean cancelled;
    private volatile GenerationStream reading;
    private GenerationResult result;
    private RuntimeException failure;
    private boolean shown;

    SearchedText(TextGenerator generator, GenerationRequest request, Search search) {
        this.generator = generator;
        this.request = request;
        this.search = search;
    }

    @Override
    public TextChunk next() {
        run();
        if (shown || failure != null || result.text().isEmpty()) {
            return null;
        }
        shown = true;
        return new TextChunk(TextChunk.NO_TOKEN, result.text(), Optional.empty());
    }

    @Override
    public GenerationResult result() {
        run();
        if (failure != null) {
            throw failure;
        }
        return result;
    }

    private void run() {
        if (result != null || failure != null) {
            return;
        }
        try {
            SharedPrompt prompt = SharedPrompt.read(generator, request, stream -> {
                reading = stream;
                if (cancelled) {
                    stream.cancel();
                }
            });
            result = prompt.reading().state().isEmpty()
                    ? prompt.reading()
                    : best(prompt, System.nanoTime(), search.run(prompt, () -> cancelled));
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private GenerationResult best(SharedPrompt prompt, long start, List<BeamSearch.Found> found) {
        BeamSearch.Found best = found.getFirst();
        Beam beam = best.beam();
        GenerationResult read = prompt.reading();
        int[] tokens = beam.tokenIds();
        var timings = new GenerationResult.Timings(read.timings().prefillTokens(), read.timings().prefillNanos(),
                tokens.length, System.nanoTime() - start);
        return new GenerationResult(read.promptTokenIds(), tokens, beam.text(), beam.finishReason(), best.complete(), 0,
                timings, List.of(), Optional.ofNullable(best.state()),
                tokens.length == 0 ? read.pendingToken() : tokens[tokens.length - 1]);
    }

    @Override
    public void cancel() {
        cancelled = true;
        GenerationStream stream = reading;
        if (stream != null) {
            stream.cancel();
        }
    }
}
