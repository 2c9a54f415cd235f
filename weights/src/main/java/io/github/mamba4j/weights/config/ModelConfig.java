package io.github.mamba4j.weights.config;

import java.util.List;
import java.util.Objects;

/**
 * What a model computes: a residual stream and a list of blocks.
 *
 * <pre>
 * x      = embedding[token] * multipliers.embedding
 * x      = x + residualScale * mixer(norm(x))       for each block
 * logits = head(norm(x)) * multipliers.logits
 * </pre>
 *
 * A family of models is only data here: which mixers, in which order, of which sizes. Immutable and thread-safe.
 *
 * @param architecture the family's name, for people, such as {@code Mamba-1}
 * @param vocabSize rows of the embedding, which may be more than the tokenizer knows
 * @param dModel width of the residual stream
 * @param normEps added to the mean square in the norms before the mixers and before the head
 * @param tied whether the head is the embedding
 * @param multipliers fixed factors
 * @param blocks the blocks in their order
 */
public record ModelConfig(String architecture, int vocabSize, int dModel, float normEps, boolean tied,
        Multipliers multipliers, List<BlockConfig> blocks) {
    /** The largest vocabulary. */
    public static final int MAX_VOCAB = 1 << 24;
    /** The most blocks. */
    public static final int MAX_BLOCKS = 1 << 13;

    /**
     * Checks the dimensions and copies the list. The limits are far above every published model; below them no size of
     * an array in the library overflows.
     *
     * @throws IllegalArgumentException if a dimension is out of range
     */
    public ModelConfig {
        Objects.requireNonNull(architecture, "architecture");
        Objects.requireNonNull(multipliers, "multipliers");
        Checks.range("vocabSize", vocabSize, 1, MAX_VOCAB);
        Checks.range("dModel", dModel, 1, Checks.MAX_WIDTH);
        Checks.eps("normEps", normEps);
        blocks = List.copyOf(blocks);
        Checks.range("the number of blocks", blocks.size(), 1, MAX_BLOCKS);
    }

    /**
     * The same model with another number of rows in the embedding.
     *
     * @param rows the rows
     * @return the changed configuration
     */
    public ModelConfig withVocabSize(int rows) {
        return new ModelConfig(architecture, rows, dModel, normEps, tied, multipliers, blocks);
    }

    /**
     * The same model with a head of its own, or without.
     *
     * @param value whether the head is the embedding
     * @return the changed configuration
     */
    public ModelConfig withTied(boolean value) {
        return new ModelConfig(architecture, vocabSize, dModel, normEps, value, multipliers, blocks);
    }
}
