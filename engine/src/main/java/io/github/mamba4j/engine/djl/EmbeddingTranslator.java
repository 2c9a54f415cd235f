package io.github.mamba4j.engine.djl;

import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import io.github.mamba4j.engine.generate.Embedder;

/** From a text to its vector. Thread-safe. */
final class EmbeddingTranslator implements Translator<String, float[]> {
    private final Embedder.Pooling pooling;
    private final boolean normalize;

    /**
     * What the block is to embed.
     *
     * @param text the text
     * @param pooling how the vectors of its tokens become one
     */
    record Request(String text, Embedder.Pooling pooling) {}

    /**
     * Makes a translator.
     *
     * @param pooling how the vectors of a text's tokens become one
     * @param normalize whether vectors are scaled to length 1
     */
    EmbeddingTranslator(Embedder.Pooling pooling, boolean normalize) {
        this.pooling = pooling;
        this.normalize = normalize;
    }

    @Override
    public NDList processInput(TranslatorContext ctx, String input) {
        return new NDList(MambaDjlBlock.pack(ctx.getNDManager(), new Request(input, pooling)));
    }

    @Override
    public float[] processOutput(TranslatorContext ctx, NDList list) {
        float[] vector = MambaDjlBlock.unpack(list.singletonOrThrow(), float[].class);
        return normalize ? Embedder.normalize(vector) : vector;
    }

    @Override
    public Batchifier getBatchifier() {
        return RequestTranslator.SideBySide.INSTANCE;
    }
}
