package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.util.Arrays;
import java.util.Optional;

/** Turns a request into the tokens to feed, and refuses what the model could not take. Thread-safe. */
final class PromptReader {
    private final Optional<Tokenizer> tokenizer;
    private final int vocabSize;
    private final int bosTokenId;

    PromptReader(MambaModel model, Optional<Tokenizer> tokenizer) {
        this.tokenizer = tokenizer;
        vocabSize = model.config().vocabSize();
        bosTokenId = model.tokenIds().bos();
    }

    /** The tokens to feed; at least one. */
    int[] tokens(GenerationRequest request) {
        checkRules(request.options().tokenRules());
        if (!request.options().stop().isEmpty()) {
            requireTokenizer("stop strings");
        }
        for (int token : request.history()) {
            checkToken("token", token);
        }
        int[] given = request.tokenIds();
        boolean first = given.length == 0 && request.state().isEmpty();
        int[] tokens = join(given, encode(request.text(), first));
        if (tokens.length == 0) {
            if (!first) {
                throw new IllegalArgumentException(
                        "there is nothing to feed: give the token that is not yet fed, or a text");
            }
            if (bosTokenId < 0) {
                throw new IllegalArgumentException("the prompt is empty, and neither the tokenizer nor the model's "
                        + "configuration has a token that begins a text");
            }
            tokens = new int[]{bosTokenId};
        }
        for (int token : tokens) {
            checkToken("token", token);
        }
        checkLength(request, tokens.length);
        return tokens;
    }

    private static void checkLength(GenerationRequest request, int promptTokens) {
        long length = (long) request.consumed() + promptTokens;
        request.options().maxLength().ifPresent(max -> {
            if (length >= max) {
                throw new IllegalArgumentException(
                        "maxLength: expected more than the " + length + " tokens of the prompt, found " + max);
            }
        });
    }

    private void checkRules(TokenRules rules) {
        checkTokens("logitBias", rules.logitBias().keySet());
        rules.sequenceBias().keySet().forEach(run -> checkTokens("sequenceBias", run));
        checkTokens("bannedTokens", rules.banned());
        checkTokens("bannedAtStart", rules.bannedAtStart());
        rules.badWords().forEach(run -> checkTokens("badWords", run));
        rules.forcedBos().ifPresent(token -> checkToken("forcedBos: token", token));
        checkTokens("forcedEos", rules.forcedEos());
    }

    private int[] encode(String text, boolean first) {
        if (text.isEmpty() && (!first || tokenizer.isEmpty())) {
            return new int[0];
        }
        Tokenizer known = requireTokenizer("text");
        return first ? known.encode(text) : known.encodeContinuation(text);
    }

    private Tokenizer requireTokenizer(String what) {
        return tokenizer.orElseThrow(
                () -> new IllegalArgumentException("the model has no tokenizer, so " + what + " cannot be used"));
    }

    private static int[] join(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    private void checkTokens(String name, Iterable<Integer> tokens) {
        tokens.forEach(token -> checkToken(name + ": token", token));
    }

    private void checkToken(String what, int token) {
        if (token < 0 || token >= vocabSize) {
            throw new IllegalArgumentException(
                    what + " id " + token + " is outside the vocabulary: expected 0 to " + (vocabSize - 1));
        }
    }
}
