package io.github.mamba4j.examples;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationResult;
import io.github.mamba4j.engine.generate.TextGenerator;
import java.io.IOException;
import java.io.PrintStream;

/** Continues a text. The same seed gives the same text on every machine. */
public final class Generate {
    private Generate() {}

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
        // MambaModel.load(folder) takes any Mamba checkpoint in Hugging Face's layout.
        try (MambaModel model = MambaModel.shipped(); TextGenerator generator = TextGenerator.of(model)) {
            GenerationOptions options = generator.defaultOptions().toBuilder().maxNewTokens(60).seed(1).build();
            GenerationResult result = generator.generate("Once upon a time", options);

            out.println("Once upon a time" + result.text());
            out.println();
            out.println(result.completionTokens() + " tokens, then " + result.finishReason().label());
        }
    }
}
