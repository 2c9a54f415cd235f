package io.github.mamba4j.engine;

import io.github.mamba4j.engine.generate.TextGenerator;
import java.io.IOException;

/** A program as its users write them, for {@link JavaOptionsTest} to run in a process of its own. */
final class TellStory {
    private TellStory() {}

    public static void main(String[] args) throws IOException {
        try (MambaModel model = MambaModel.shipped(); TextGenerator generator = TextGenerator.of(model)) {
            var options = generator.defaultOptions().toBuilder().temperature(0).maxNewTokens(5).build();
            System.out.println(model.kernels().name() + generator.generate("Once upon a time", options).text());
        }
    }
}
