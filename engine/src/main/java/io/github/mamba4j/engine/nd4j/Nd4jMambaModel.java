package io.github.mamba4j.engine.nd4j;

import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import io.github.mamba4j.weights.mixer.MixerWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A whole Mamba model in ND4J tensors, for sequences of equal length: embedding, then for each layer
 * {@code x = x + block(norm(x))}, a last norm, and the head. An oracle and a baseline for the engine.
 *
 * <p>The weights are copied and widened to float32. Thread-safe, as states are the callers'.
 */
public final class Nd4jMambaModel {
    private final ModelConfig config;
    private final INDArray embedding;
    private final List<INDArray> norms;
    private final List<Nd4jMambaBlock> blocks;
    private final INDArray normF;
    private final INDArray head;

    /**
     * Copies a model.
     *
     * @param weights the parameters of a model of Mamba-1 blocks; not needed afterwards
     * @param scan what runs the recurrence
     * @throws IllegalArgumentException if a block is of another kind
     */
    public Nd4jMambaModel(ModelWeights weights, Nd4jMambaBlock.Scan scan) {
        config = weights.config();
        embedding = Nd4jConversions.toArray(weights.embedding());
        norms = weights.blocks().stream().map(block -> vector(block.norm())).toList();
        blocks = weights.blocks().stream().map(block -> new Nd4jMambaBlock(mamba1(block.mixer()), scan)).toList();
        normF = vector(weights.normF());
        head = config.tied() ? embedding : Nd4jConversions.toArray(weights.head());
    }

    private static Mamba1Weights mamba1(MixerWeights weights) {
        if (weights instanceof Mamba1Weights mamba) {
            return mamba;
        }
        throw new IllegalArgumentException(
                "expected a block of Mamba-1, found " + weights.getClass().getSimpleName());
    }

    private INDArray vector(float[] values) {
        return Nd4jConversions.toArray(values, 1, 1, config.dModel());
    }

    /**
     * What a call puts out.
     *
     * @param hidden {@code n_layer + 1} arrays {@code (b, l, d_model)}: the embeddings, then the residual stream after
     *     each block
     * @param finalHidden {@code (b, l, d_model)}: after the last norm
     * @param logits {@code (b, l, vocab_size)}
     */
    public record Output(List<INDArray> hidden, INDArray finalHidden, INDArray logits) {
        /** Copies the list. */
        public Output {
            hidden = List.copyOf(hidden);
        }
    }

    /**
     * The states of sequences that have not begun.
     *
     * @param b how many sequences
     * @return one state for each block
     */
    public List<Nd4jMambaBlock.State> newState(int b) {
        return blocks.stream().map(block -> block.newState(b)).toList();
    }

    /**
     * Runs the model on the next tokens of some sequences.
     *
     * @param tokens {@code [b, l]}: as many tokens of each sequence, at least one
     * @param states one state for each block, which move on
     * @return hidden states and logits of every token
     * @throws IllegalArgumentException if there is no token, one is not in the vocabulary, the sequences differ in length,
     *     or the states are not one for each block
     */
    public Output forward(int[][] tokens, List<Nd4jMambaBlock.State> states) {
        if (states.size() != blocks.size()) {
            throw new IllegalArgumentException("expected " + blocks.size() + " states, found " + states.size());
        }
        INDArray x = embed(tokens);
        List<INDArray> hidden = new ArrayList<>();
        hidden.add(x);
        for (int i = 0; i < blocks.size(); i++) {
            x = x.add(blocks.get(i).forward(rmsNorm(x, norms.get(i)), states.get(i)));
            hidden.add(x);
        }
        INDArray normed = rmsNorm(x, normF);
        return new Output(hidden, normed, Nd4jMambaBlock.linear(normed, head, null));
    }

    private INDArray embed(int[][] tokens) {
        if (tokens.length == 0 || tokens[0].length == 0) {
            throw new IllegalArgumentException("expected at least 1 token of at least 1 sequence, found none");
        }
        int l = tokens[0].length;
        int[] rows = new int[tokens.length * l];
        for (int s = 0; s < tokens.length; s++) {
            if (tokens[s].length != l) {
                throw new IllegalArgumentException("expected sequences of " + l + " tokens, found " + tokens[s].length);
            }
            System.arraycopy(tokens[s], 0, rows, s * l, l);
        }
        if (IntStream.of(rows).anyMatch(id -> id < 0 || id >= config.vocabSize())) {
            throw new IllegalArgumentException("expected token ids of 0 to " + (config.vocabSize() - 1));
        }
        return embedding.getRows(rows).dup('c').reshape('c', tokens.length, l, config.dModel());
    }

    /** {@code x / sqrt(mean(x^2) + eps) * weight} along the last dimension. */
    private INDArray rmsNorm(INDArray x, INDArray weight) {
        INDArray rms = Transforms.sqrt(x.mul(x).mean(true, 2).addi(config.normEps()), false);
        return x.div(rms).muli(weight);
    }
}
