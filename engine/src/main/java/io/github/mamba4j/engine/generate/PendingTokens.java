package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.MambaState;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The states of results, as long as somebody has them, with the tokens that they have not consumed: to go on from such a
 * state without its token would silently give another text. Thread-safe.
 */
final class PendingTokens {
    /**
     * A token that is to come first.
     *
     * @param token its id
     * @param consumed how many tokens the state had consumed; if it has more by now, somebody feeds it by hand
     */
    private record Pending(int token, long consumed) {}

    private final Map<MambaState, Pending> pending = Collections.synchronizedMap(new WeakHashMap<>());

    /** Remembers a result's state. A token that ended the text need not be a part of what comes next. */
    void remember(GenerationResult result) {
        if (result.state().isPresent() && result.finishReason() != FinishReason.EOS) {
            MambaState state = result.state().get();
            pending.put(state, new Pending(result.pendingToken(), state.tokensConsumed()));
        }
    }

    /** Refuses tokens that do not begin with the one that the state has not consumed. */
    void check(GenerationRequest request) {
        Pending first = request.state().map(pending::get).orElse(null);
        if (first == null || request.state().get().tokensConsumed() != first.consumed()) {
            return;
        }
        int[] given = request.tokenIds();
        if (given.length == 0 || given[0] != first.token()) {
            throw new IllegalArgumentException("the state is that of a result whose last token, " + first.token()
                    + ", it has not consumed: begin with GenerationRequest.after(result, options), or give that token "
                    + "first");
        }
    }
}
