package io.github.mamba4j.weights.config;

/**
 * The gated delta net of Qwen3-Next and Qwen3.5 (Yang, Kautz and Hatamizadeh 2024, "Gated Delta Networks"): linear
 * attention whose state unlearns what a key stood for before. Value head j has the query and key of head
 * {@code j / (valueHeads / keyHeads)}.
 *
 * @param keyHeads the number of heads of queries and keys, which divides the value heads
 * @param valueHeads the number of heads of values; each has a state
 * @param keyDim the width of a query and of a key
 * @param valueDim the width of a value
 * @param dConv taps of the causal convolution over queries, keys and values
 * @param normEps added to the mean square in the norm of each head's output
 */
public record DeltaConfig(int keyHeads, int valueHeads, int keyDim, int valueDim, int dConv,
        float normEps) implements MixerConfig {
    /**
     * Checks the dimensions.
     *
     * @throws IllegalArgumentException if one is out of range, or the key heads do not divide the value heads
     */
    public DeltaConfig {
        Checks.range("value heads", valueHeads, 1, Checks.MAX_STATE);
        Checks.range("key heads", keyHeads, 1, valueHeads);
        Checks.range("keyDim", keyDim, 1, Checks.MAX_STATE);
        Checks.range("valueDim", valueDim, 1, Checks.MAX_STATE);
        Checks.range("width of all queries", keyHeads * keyDim, 1, Checks.MAX_WIDTH);
        Checks.range("width of all values", valueHeads * valueDim, 1, Checks.MAX_WIDTH);
        Checks.range("dConv", dConv, 1, Checks.MAX_STATE);
        Checks.eps("eps of the norm of a head's output", normEps);
        if (valueHeads % keyHeads != 0) {
            throw new IllegalArgumentException(
                    "expected key heads that divide " + valueHeads + " value heads, found " + keyHeads);
        }
    }

    /**
     * The width of all values.
     *
     * @return {@code valueHeads * valueDim}
     */
    public int valueWidth() {
        return valueHeads * valueDim;
    }

    /**
     * The channels that are convolved: queries, keys and values.
     *
     * @return {@code 2 * keyHeads * keyDim + valueWidth}
     */
    public int convChannels() {
        return 2 * keyHeads * keyDim + valueWidth();
    }
}
