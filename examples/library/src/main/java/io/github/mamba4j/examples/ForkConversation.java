package io.github.mamba4j.examples;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationResult;
import io.github.mamba4j.engine.generate.TextGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/**
 * Goes on from one beginning in several ways, without reading the beginning again. Whatever a model has read is in its
 * state, which is small, does not grow, and is copied or saved in no time.
 */
public final class ForkConversation {
    private ForkConversation() {}

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
        String story = "Tom had a red ball. He played with it every day. One day, he met a girl named Sue.";
        try (MambaModel model = MambaModel.shipped(); TextGenerator generator = TextGenerator.of(model)) {
            GenerationOptions readOnly = generator.defaultOptions().toBuilder().temperature(0).maxNewTokens(0).build();
            GenerationResult beginning = generator
                    .generate(GenerationRequest.builder(readOnly).text(story).keepState(true).build());
            MambaState state = beginning.state().orElseThrow();
            out.println(story + "  [" + state.tokensConsumed() + " tokens in " + state.byteSize() / 1024 + " KB]");

            GenerationOptions goOn = readOnly.toBuilder().maxNewTokens(25).build();
            for (String turn : List.of(" She was sad", " She had a big dog")) {
                // A request copies the state that it starts from. The last token of the story has not been fed yet.
                GenerationRequest fork = GenerationRequest.builder(goOn).state(state)
                        .tokenIds(beginning.pendingToken()).text(turn).build();
                out.println("->" + turn + generator.generate(fork).text());
            }
        }
    }
}
