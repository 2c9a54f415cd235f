package io.github.mamba4j.examples;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.TextGenerator;
import java.io.IOException;

/** Continues a story with the model that comes with the library, taking the most likely token always. */
final class FirstSteps {
    public static void main(String[] args) throws IOException {
        try (MambaModel model = MambaModel.shipped(); // or MambaModel.load(Path.of("mamba-130m-hf"))
                TextGenerator generator = TextGenerator.of(model)) {
            GenerationOptions options = generator.defaultOptions().toBuilder().temperature(0).maxNewTokens(60).build();
            String prompt = "Once upon a time";
            System.out.println(prompt + generator.generate(prompt, options).text());
        }
    }
}
