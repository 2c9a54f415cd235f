package io.github.mamba4j.examples;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.TextGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/**
 * Generates several texts at once, which costs little more than one: they share the passes over the weights. Lengths and
 * options differ as they like, and each text is, token for token, the one it would be alone.
 */
public final class Batch {
    private Batch() {}

    /**
     * Runs the example.
     *
     * @param args none
     * @throws IOException if the model cannot be read
     */
    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        try (MambaModel model = MambaModel.shipped(); TextGenerator generator = TextGenerator.of(model)) {
            GenerationOptions sampled = generator.defaultOptions().toBuilder().maxNewTokens(30).seed(7).build();
            GenerationOptions greedy = sampled.toBuilder().temperature(0).build();
            GenerationOptions oneSentence = greedy.toBuilder().stop(List.of(".")).build();

            List<GenerationRequest> requests = List.of(GenerationRequest.of("Once upon a time", sampled),
                    GenerationRequest.of("Lily and her mother went to the park. They saw a", greedy),
                    GenerationRequest.of("The sun", oneSentence));
            for (var outcome : generator.generateAll(requests)) {
                String prompt = requests.get(outcome.index()).text();
                outcome.result().ifPresent(result -> out.println("* " + prompt + result.text()));
                outcome.error().ifPresent(error -> out.println("* " + prompt + " failed: " + error.getMessage()));
            }
        }
    }
}
