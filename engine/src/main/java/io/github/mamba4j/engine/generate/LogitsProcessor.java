package io.github.mamba4j.engine.generate;

import java.util.Optional;

/**
 * What one rule does to the logits of one text before its tokens are chosen: a penalty, a ban, a grammar. A
 * {@link LogitsRule} makes it.
 *
 * <p>Belongs to one text and is used by one thread at a time. For every token: {@link #process(LogitsContext)}, the
 * choice, {@link #accept(int)}, {@link #isComplete()}. A processor that needs no memory of its own is a lambda.
 */
@FunctionalInterface
public interface LogitsProcessor {
    /**
     * Changes the logits in place. {@code -Infinity} forbids a token; at least one must remain. Must be a function of
     * the context and of what {@link #accept(int)} was told, so that a text does not depend on its company, and must be
     * quick: the texts that are generated at the same time wait for it. Must not wait for the generator that it works
     * for. What it throws ends its own text only.
     *
     * @param context the logits, and the tokens so far
     */
    void process(LogitsContext context);

    /**
     * Tells which token was chosen. Tokens of the prompt are not told.
     *
     * @param token the token's id
     */
    default void accept(int token) {}

    /**
     * Whether the text is complete after the token last accepted, so that generation ends with
     * {@link FinishReason#CONSTRAINT}. A processor that leaves the end to the model allows the end-of-text tokens
     * instead, where the text may end.
     *
     * @return true if nothing may follow
     */
    default boolean isComplete() {
        return false;
    }

    /**
     * Whether the text so far may end here. One that is cut where it may not is told by
     * {@link GenerationResult#complete()}.
     *
     * @return true, the default, if this rule does not mind
     */
    default boolean mayEnd() {
        return true;
    }

    /**
     * The shortest way from here to a place where the text may end, for
     * {@link GenerationOptions#closeWhenCut()}.
     *
     * @return token ids; none, the default, if the text may end here or no way is known
     */
    default int[] completion() {
        return new int[0];
    }

    /**
     * A processor that stands at the same place and goes on by itself, for a text that is continued in several ways
     * (beam search).
     *
     * @return the copy; empty, the default, if there is none. Then a new session is made and told all tokens of the
     *     text one after another, without {@link #process(LogitsContext)} between them
     */
    default Optional<LogitsProcessor> copy() {
        return Optional.empty();
    }
}
