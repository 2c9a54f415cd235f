package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.MambaState;
import java.util.ArrayList;
import java.util.Arrays;
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
        GenerationResult read = generator.generate(request.toBuilder()
                .options(options.toBuilder().maxNewTokens(0).build()).keepState(true).build());
        if (read.state().isEmpty()) {
            return List.of(read);
        }
        MambaState state = read.state().get();
        int[] prompt = read.promptTokenIds();
        int[] consumed = join(request.history(), Arrays.copyOf(prompt, prompt.length - 1));
        long seed = options.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong(1L << 32));
        int alternatives = options.logprobs().orElse(0);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            GenerationOptions own = options.toBuilder().seed(seed + i).logprobs(alternatives).build();
            requests.add(GenerationRequest.builder(own).state(state, consumed).tokenIds(read.pendingToken())
                    .keepState(request.keepState()).build());
        }
        List<GenerationResult> results = new ArrayList<>();
        for (GenerationOutcome outcome : generator.generateAll(requests)) {
            results.add(outcome.orThrow());
        }
        // Stable: equals stay in the order of their seeds.
        results.sort(BEST_FIRST);
        return results.stream().map(result -> whole(result, read, options.logprobs())).toList();
    }

    private static int[] join(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    private static double meanLogprob(GenerationResult result) {
        return result.logprobs().stream().mapToDouble(TokenLogprob::logprob).average().orElse(0);
    }

    /** The result as if it had read the whole prompt itself. */
    private static GenerationResult whole(GenerationResult r, GenerationResult read, OptionalInt logprobs) {
        var timings = new GenerationResult.Timings(read.timings().prefillTokens() + r.timings().prefillTokens(),
                read.timings().prefillNanos() + r.timings().prefillNanos(), r.timings().decodeTokens(),
                r.timings().decodeNanos());
        return new GenerationResult(read.promptTokenIds(), r.tokenIds(), r.text(), r.finishReason(), r.seed(), timings,
                logprobs.isPresent() ? r.logprobs() : List.of(), r.state(), r.pendingToken());
    }
}
