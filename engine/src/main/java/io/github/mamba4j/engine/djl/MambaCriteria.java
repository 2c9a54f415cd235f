package io.github.mamba4j.engine.djl;

import ai.djl.repository.zoo.Criteria;
import java.nio.file.Path;

/**
 * The short way to the criteria that load a checkpoint for text. They are ordinary criteria of DJL, which name the engine,
 * the folder, and the {@link MambaTranslatorFactory}.
 *
 * <p>The factory has to be named because DJL chooses translators before it asks an engine anything: its
 * {@code BaseModelLoader.loadModel} looks at the factory of the criteria, then at the argument {@code translatorFactory},
 * and else at {@code DefaultTranslatorFactory}, which knows {@code (NDList, NDList)} and DJL's own pairs alone. Without it
 * {@code loadModel} says <i>No matching default translator found</i>, in the cause of its exception.
 *
 * <p>Thread-safe.
 */
public final class MambaCriteria {
    private MambaCriteria() {}

    /**
     * Criteria for a checkpoint, from prompts to their continuations.
     *
     * @param checkpoint a folder with a checkpoint, or a file of weights in one
     * @return a new builder, for arguments and options; {@code setTypes} may still choose another pair of types that the
     *     factory has
     */
    public static Criteria.Builder<String, String> text(Path checkpoint) {
        return of(String.class, String.class, checkpoint);
    }

    /**
     * Criteria for a checkpoint, for any pair of types that {@link MambaTranslatorFactory} lists.
     *
     * @param <I> what a predictor takes
     * @param <O> what a predictor gives
     * @param input what a predictor takes
     * @param output what a predictor gives
     * @param checkpoint a folder with a checkpoint, or a file of weights in one
     * @return a new builder, for arguments and options
     */
    public static <I, O> Criteria.Builder<I, O> of(Class<I> input, Class<O> output, Path checkpoint) {
        return Criteria.builder().setTypes(input, output).optEngine(MambaEngine.NAME).optModelPath(checkpoint)
                .optTranslatorFactory(new MambaTranslatorFactory());
    }
}
