package io.github.mamba4j.examples;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationStream;
import io.github.mamba4j.engine.generate.TextGenerator;
import java.io.IOException;
import java.io.PrintStream;

/** Shows a text while it is generated, and stops when it has read enough. */
public final class Stream {
    private static final int ENOUGH = 3;

    private Stream() {}

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
        String prompt = "The little dog";
        try (MambaModel model = MambaModel.shipped(); TextGenerator generator = TextGenerator.of(model)) {
            GenerationOptions options = generator.defaultOptions().toBuilder().temperature(0).build();
            out.print(prompt);
            // The model works while somebody reads. Leaving the block ends the generation at once.
            try (GenerationStream stream = generator.stream(GenerationRequest.of(prompt, options))) {
                int sentences = 0;
                while (sentences < ENOUGH && stream.hasNext()) {
                    String text = stream.next().text();
                    out.print(text);
                    out.flush();
                    sentences += text.contains(".") ? 1 : 0;
                }
            }
            out.println();
        }
    }
}
