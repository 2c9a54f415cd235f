package io.github.mamba4j.examples;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.nd4j.Nd4jConversions;
import io.github.mamba4j.engine.nd4j.Nd4jMambaBlock;
import io.github.mamba4j.engine.nd4j.Nd4jMambaModel;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import io.github.mamba4j.weights.Checkpoint;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Locale;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Runs the model as ND4J tensor code, and compares it with the engine. */
public final class Nd4jExample {
    private Nd4jExample() {}

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
        try (Checkpoint checkpoint = Checkpoint.shipped();
                HfTokenizer tokenizer = HfTokenizer.load(checkpoint.files());
                MambaModel engine = MambaModel.shipped()) {
            String prompt = "Once upon a time, there was a little";
            int[] tokens = tokenizer.encode(prompt);

            Nd4jMambaModel tensors = new Nd4jMambaModel(checkpoint.weights(), Nd4jMambaBlock.Scan.TENSORS);
            INDArray logits = tensors.forward(new int[][]{tokens}, tensors.newState(1)).logits();
            INDArray last = logits.slice(0).slice(tokens.length - 1);
            int next = last.argMax().getInt(0);
            out.println(prompt + tokenizer.decode(next));

            INDArray expected = Nd4jConversions.toArray(engine.prefill(engine.newState(), tokens), last.length());
            double difference = last.sub(expected).amaxNumber().doubleValue();
            out.println(String.format(Locale.ROOT, "largest difference from the engine: %.6f", difference));
        }
    }
}
