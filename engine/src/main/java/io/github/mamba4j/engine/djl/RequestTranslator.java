package io.github.mamba4j.engine.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.translate.Batchifier;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationResult;
import java.util.Arrays;
import java.util.function.Function;

/** Makes a request of an input and an output of a result. Thread-safe. */
class RequestTranslator<I, O> implements Translator<I, O> {
    private final Function<I, GenerationRequest> toRequest;
    private final Function<GenerationResult, O> toOutput;

    RequestTranslator(Function<I, GenerationRequest> toRequest, Function<GenerationResult, O> toOutput) {
        this.toRequest = toRequest;
        this.toOutput = toOutput;
    }

    @Override
    public NDList processInput(TranslatorContext ctx, I input) {
        return new NDList(MambaDjlBlock.pack(ctx.getNDManager(), toRequest.apply(input)));
    }

    @Override
    public O processOutput(TranslatorContext ctx, NDList list) {
        return toOutput.apply(MambaDjlBlock.unpack(list.singletonOrThrow(), GenerationResult.class));
    }

    @Override
    public Batchifier getBatchifier() {
        return SideBySide.INSTANCE;
    }

    /** A batch is its requests in a list: nothing is padded or stacked. */
    enum SideBySide implements Batchifier {
        INSTANCE;

        @Override
        public NDList batchify(NDList[] inputs) {
            return new NDList(Arrays.stream(inputs).map(NDList::singletonOrThrow).toArray(NDArray[]::new));
        }

        @Override
        public NDList[] unbatchify(NDList inputs) {
            return inputs.stream().map(NDList::new).toArray(NDList[]::new);
        }
    }
}
