package io.github.mamba4j.cli;

import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.util.Arrays;

/**
 * The special tokens that a tokenizer puts around a text by itself, for texts that are encoded piece by piece.
 *
 * @param before those in front
 * @param after those behind
 */
record SpecialTokens(int[] before, int[] after) {
    /**
     * Finds out by an example.
     *
     * @param tokenizer the tokenizer
     * @return its special tokens
     */
    static SpecialTokens of(Tokenizer tokenizer) {
        int[] plain = tokenizer.encode("a", false);
        int[] whole = tokenizer.encode("a", true);
        for (int from = 0; from + plain.length <= whole.length; from++) {
            int to = from + plain.length;
            if (Arrays.equals(whole, from, to, plain, 0, plain.length)) {
                return new SpecialTokens(Arrays.copyOf(whole, from), Arrays.copyOfRange(whole, to, whole.length));
            }
        }
        throw new IllegalStateException("the tokenizer encodes a text differently when it adds special tokens");
    }
}
