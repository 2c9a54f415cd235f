package io.github.mamba4j.engine.generate;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A prompt that was read once, for several texts to start from: by the generator, so that its prefix cache, the time-out
 * and interruption mean what they mean for any text.
 *
 * @param reading the result of a request for no tokens; without a state if reading was given up
 * @param history the request's
 * @param before how many tokens the request's state had consumed
 */
record SharedPrompt(GenerationResult reading, int[] history, int before) {
    static SharedPrompt read(TextGenerator generator, GenerationRequest request) {
        return read(generator, request, stream -> {});
    }

    /** Reads a prompt; the stream that does it can be cancelled. */
    static SharedPrompt read(TextGenerator generator, GenerationRequest request, Consumer<GenerationStream> started) {
        GenerationOptions options = request.options().toBuilder().maxNewTokens(0).closeWhenCut(false).noBeams().build();
        try (GenerationStream stream = generator
                .stream(request.toBuilder().options(options).keepState(true).build())) {
            started.accept(stream);
            return new SharedPrompt(stream.result(), request.history(), request.consumed());
        }
    }

    /** How long the prompt is, with all that a starting state has consumed. */
    int length() {
        return before + reading.promptTokenIds().length;
    }

    /** What the state has consumed, as far as it is known: all tokens but the last one of the prompt. */
    int[] consumed() {
        int[] prompt = reading.promptTokenIds();
        int[] consumed = Arrays.copyOf(history, history.length + prompt.length - 1);
        System.arraycopy(prompt, 0, consumed, history.length, prompt.length - 1);
        return consumed;
    }
}
