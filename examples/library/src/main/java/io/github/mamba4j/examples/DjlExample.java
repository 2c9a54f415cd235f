package io.github.mamba4j.examples;

import ai.djl.inference.Predictor;
import ai.djl.inference.streaming.IteratorBytesSupplier;
import ai.djl.modality.Output;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.github.mamba4j.engine.djl.MambaCriteria;
import io.github.mamba4j.weights.Checkpoint;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Generates with the Deep Java Library: a model from a folder, a predictor, a stream. */
public final class DjlExample {
    private DjlExample() {}

    /**
     * Runs the example.
     *
     * @param args none
     * @throws Exception if DJL cannot load or run the model
     */
    public static void main(String[] args) throws Exception {
        run(System.out);
    }

    static void run(PrintStream out) throws Exception {
        Criteria<String, Output> criteria = MambaCriteria.of(String.class, Output.class, shippedModel())
                .optArgument("max_new_tokens", 40).optArgument("seed", 1).build();
        try (ZooModel<String, Output> model = criteria.loadModel();
                Predictor<String, Output> predictor = model.newPredictor()) {
            out.println(predictor.predict("Once upon a time").getData().getAsString().strip());

            out.print("Streamed:");
            Output output = predictor.streamingPredict("Once upon a time").getIterativeOutput();
            for (var text = (IteratorBytesSupplier) output.getData(); text.hasNext();) {
                out.print(new String(text.next(), StandardCharsets.UTF_8));
            }
            out.println();
        }
    }

    /** DJL loads from folders. Any checkpoint will do; this copies the one that comes with the library, until the program ends. */
    private static Path shippedModel() throws Exception {
        Path folder = Files.createTempDirectory("mamba4j-example");
        folder.toFile().deleteOnExit();
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            for (String name : List.of("config.json", "model.safetensors", "tokenizer.json")) {
                try (InputStream in = checkpoint.files().open(name).orElseThrow()) {
                    Path file = folder.resolve(name);
                    file.toFile().deleteOnExit();
                    Files.copy(in, file);
                }
            }
        }
        return folder;
    }
}
