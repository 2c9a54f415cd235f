package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.MambaState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/** Several texts from one prompt: the prompt is read once, and its state is where each of them starts from. */
final class BestOf {
    private static final Comparator<GenerationResult> BEST_FIRST = Comparator
            .comparingDouble(BestOf::meanLogprob).reversed();

    private BestOf() {}

    static List<GenerationResult> run(TextGenerator generator, GenerationRequest request, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("n: expected 1 or more, found " + n);
        }
        GenerationOptions options = request.options();
        Deadline deadline = Deadline.after(options.timeout());
        SharedPrompt prompt = SharedPrompt.read(generator, request);
        GenerationResult read = prompt.reading();
        if (read.state().isEmpty()) {
            return List.of(read);
        }
        MambaState state = read.state().get();
        long seed = options.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong(1L << 32));
        int alternatives = options.logprobs().orElse(0);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            GenerationOptionsBuilder own = options.toBuilder().noBeams().seed(seed + i).logprobs(alternatives);
            options.timeout().ifPresent(whole -> own.timeout(deadline.left()));
            requests.add(GenerationRequest.builder(own.build()).state(state, prompt.consumed())
                    .tokenIds(read.pendingToken()).keepState(request.keepState()).build());
        }
        List<GenerationResult> results = new ArrayList<>();
        for (GenerationOutcome outcome : generator.generateAll(requests)) {
            results.add(outcome.orThrow());
        }
        // Stable: equals stay in the order of their seeds.
        results.sort(BEST_FIRST);
        return results.stream().map(result -> whole(result, read, options.logprobs())).toList();
    }

    private static double meanLogprob(GenerationResult result) {
        return result.logprobs().stream().mapToDouble(TokenLogprob::logprob).average().orElse(0);
    }

    /** The result as if it had read the whole prompt itself. */
    private static GenerationResult whole(GenerationResult r, GenerationResult read, OptionalInt logprobs) {
        GenerationResult whole = r.withPromptOf(read);
        return logprobs.isPresent()
                ? whole
                : new GenerationResult(whole.promptTokenIds(), whole.tokenIds(), whole.text(), whole.finishReason(),
                        whole.complete(), whole.seed(), whole.timings(), List.of(), whole.state(),
                        whole.pendingToken());
    }
}
