package io.github.mamba4j.engine.generate;

/**
 * One rule that changes the logits of the next token before it is chosen: a penalty, a ban, a grammar.
 *
 * <p>Options hold processors as prototypes and may be shared by many sequences and threads. For each sequence
 * {@link #newSession()} is asked for the object that works on it; that object is used by one thread at a time. Then, for
 * every token: {@link #process(LogitsContext)}, the choice, {@link #accept(int)}, {@link #isComplete()}. A processor
 * that needs no memory of its own is a lambda.
 */
@FunctionalInterface
public interface LogitsProcessor {
    /**
     * Changes the logits in place. {@code -Infinity} forbids a token; at least one must remain. Must be a function of
     * the context and of what {@link #accept(int)} was told, so that a text does not depend on its company. Must not
     * wait for the generator that it works for. What it throws ends its own text only.
     *
     * @param context the logits, and the tokens so far
     */
    void process(LogitsContext context);

    /**
     * The processor for one new sequence, as if nothing had been generated.
     *
     * @return a fresh object if this processor remembers anything; this object, the default, if it does not
     */
    default LogitsProcessor newSession() {
        return this;
    }

    /**
     * Tells a session which token was chosen. Tokens of the prompt are not told. Beam search, where texts fork, tells a
     * new session all tokens of its text one after another, without {@link #process(LogitsContext)} between them.
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
}
