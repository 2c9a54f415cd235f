package io.github.mamba4j.engine.generate;

import java.util.Arrays;

/**
 * A prompt that was read once, for several texts to start from: by the generator, so that its prefix cache, the time-out
 * and interruption mean what they mean for any text.
 *
 * @param reading the result of a request for no tokens; without a state if reading was given up
 * @param history the request's
 */
record SharedPrompt(GenerationResult reading, int[] history) {
    static SharedPrompt read(TextGenerator generator, GenerationRequest request) {
        GenerationOptions options = request.options().toBuilder().maxNewTokens(0).build();
        return new SharedPrompt(generator.generate(request.toBuilder().options(options).keepState(true).build()),
                request.history());
    }

    /** What the state has consumed, as far as it is known: all tokens but the last one of the prompt. */
    int[] consumed() {
        int[] prompt = reading.promptTokenIds();
        int[] consumed = Arrays.copyOf(history, history.length + prompt.length - 1);
        System.arraycopy(prompt, 0, consumed, history.length, prompt.length - 1);
        return consumed;
    }
}
