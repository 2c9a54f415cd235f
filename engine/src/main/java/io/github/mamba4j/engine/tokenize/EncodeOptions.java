package io.github.mamba4j.engine.tokenize;

/**
 * How a text is encoded.
 *
 * @param addSpecialTokens whether the tokenizer puts special tokens around the text, as a model was trained on them
 * @param recogniseSpecialTokens whether a special token that is spelled out in the text becomes that token. False for a
 *     text of somebody who is not to give the model commands: then it is text like any other
 * @param continuation whether the text goes on from another, so that nothing is put before it that the joined text would
 *     not have
 */
public record EncodeOptions(boolean addSpecialTokens, boolean recogniseSpecialTokens, boolean continuation) {
    /** A whole text, as a model expects it. */
    public static final EncodeOptions WHOLE = new EncodeOptions(true, true, false);
    /** A text that goes on from another. */
    public static final EncodeOptions CONTINUATION = new EncodeOptions(false, true, true);

    /**
     * The same, but special tokens spelled out in the text are text.
     *
     * @return the options
     */
    public EncodeOptions asPlainText() {
        return new EncodeOptions(addSpecialTokens, false, continuation);
    }
}
