package io.github.mamba4j.engine.djl;

import ai.djl.Model;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import io.github.mamba4j.engine.generate.Embedder;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationResult;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a predictor of the Mamba engine takes and gives:
 * <ul>
 * <li>{@code (String, String)}: a prompt, and its continuation;
 * <li>{@code (String, Output)} and {@code (Input, Output)}: the same, also by {@code Predictor.streamingPredict}. The
 * data of an input is the prompt, unless its {@code Content-Type} is {@code application/json}: then it is a prompt as a
 * JSON string, or <code>{"inputs": "a prompt", "parameters": {"max_new_tokens": 40}}</code> as DJL Serving's clients
 * send it, with arguments as parameters;
 * <li>{@code (String, float[])}: a text, and its vector, see {@link Embedder};
 * <li>{@code (GenerationRequest, GenerationResult)}: this library's own types, with options for each request.
 * </ul>
 *
 * <p>Arguments ({@code Criteria.optArgument}) say how to generate, in place of what the checkpoint recommends:
 * {@code max_new_tokens}, {@code min_new_tokens}, {@code temperature}, {@code top_k}, {@code top_p}, {@code min_p},
 * {@code typical_p}, {@code repetition_penalty}, {@code seed}, {@code stop} (a text or a list), {@code ignore_eos}. They
 * mean what they mean in {@link GenerationOptions}, and so do {@code presence_penalty}, {@code frequency_penalty},
 * {@code no_repeat_ngram_size} and {@code num_beams}. For vectors: {@code pooling} ({@code last} or {@code mean}) and
 * {@code normalize}. Names that neither this engine nor DJL knows are refused.
 *
 * <p>{@code Predictor.batchPredict} generates all texts of its list at once. Predictors of one model may be used from
 * several threads; their texts share the passes of the model. Thread-safe.
 */
public final class MambaTranslatorFactory implements TranslatorFactory {
    private static final Set<Pair<Type, Type>> TYPES = Set.of(new Pair<>(String.class, String.class),
            new Pair<>(String.class, Output.class), new Pair<>(Input.class, Output.class),
            new Pair<>(String.class, float[].class),
            new Pair<>(GenerationRequest.class, GenerationResult.class));

    /** Makes a factory. */
    public MambaTranslatorFactory() {}

    @Override
    public Set<Pair<Type, Type>> getSupportedTypes() {
        return TYPES;
    }

    /**
     * {@inheritDoc}
     *
     * @throws TranslateException if the model is not one of the Mamba engine, the types are others, or an argument has a
     *     value it cannot have; the message says which
     */
    @Override
    @SuppressWarnings("unchecked") // The types were compared.
    public <I, O> Translator<I, O> newInstance(Class<I> input, Class<O> output, Model model, Map<String, ?> arguments)
            throws TranslateException {
        if (!(model.getBlock() instanceof MambaDjlBlock block)) {
            throw new TranslateException("expected a model of the Mamba engine, found " + model.getName());
        }
        if (!isSupported(input, output)) {
            throw new TranslateException("expected types of " + TYPES + ", found " + input + " and " + output);
        }
        GenerationOptions options;
        try {
            var known = new Arguments(arguments == null ? Map.of() : arguments);
            known.requireKnown(Arguments.ALL);
            if (output == float[].class) {
                return (Translator<I, O>) new EmbeddingTranslator(known.pooling(),
                        known.flag("normalize").orElse(false));
            }
            options = known.applyTo(block.generator().optionsBuilder());
        } catch (IllegalArgumentException e) {
            throw new TranslateException(e.getMessage(), e);
        }
        Function<String, GenerationRequest> toRequest = text -> GenerationRequest.of(text, options);
        Translator<?, ?> translator;
        if (input == GenerationRequest.class) {
            translator = new RequestTranslator<>(Function.<GenerationRequest>identity(), Function.identity());
        } else if (output == String.class) {
            translator = new RequestTranslator<>(toRequest, GenerationResult::text);
        } else if (input == String.class) {
            translator = new StreamingRequestTranslator<>(toRequest);
        } else {
            translator = new StreamingRequestTranslator<Input>(in -> RequestJson.of(in, options));
        }
        return (Translator<I, O>) translator;
    }
}
