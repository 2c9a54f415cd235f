package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.generate.LogitsContext;
import io.github.mamba4j.engine.generate.LogitsProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where one text stands in a {@link CompiledConstraint}. It starts before the first generated token; a prompt is not part
 * of the constrained text.
 *
 * <p>
 * Belongs to one sequence, and is used by one thread at a time.
 */
public final class ConstraintSession implements LogitsProcessor {

    private final CompiledConstraint constraint;
    private Configuration configuration;
    private boolean ended;

    ConstraintSession(CompiledConstraint constraint, Configuration configuration) {
        this.constraint = constraint;
        this.configuration = configuration;
    }

    /**
     * A session that stands at the same place and goes on by itself, for a sequence that forks.
     *
     * @return the copy
     */
    public ConstraintSession fork() {
        ConstraintSession copy = new ConstraintSession(constraint, configuration);
        copy.ended = ended;
        return copy;
    }

    /**
     * The same as {@link #fork()}.
     *
     * @return the copy, always present
     */
    @Override
    public Optional<LogitsProcessor> copy() {
        return Optional.of(fork());
    }

    /**
     * Forbids every token that cannot follow. An end-of-text token is allowed exactly where the text may end. When few
     * tokens are left, those that lead too far from an end are forbidden too, so that the text is whole when generation
     * stops at its length; only a limit below what the shortest text takes cuts it off.
     *
     * @param context the logits, {@code [vocabSize]} or more; those beyond the vocabulary are forbidden
     * @throws IllegalStateException if no token can follow, which a vocabulary with all 256 single bytes rules out, or if
     *             the text has ended
     */
    @Override
    public void process(LogitsContext context) {
        float[] logits = context.logits();
        float[] ends = new float[context.eosTokenIds().size()];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = logits[context.eosTokenIds().get(i)];
        }
        boolean endAllowed = mayEnd() && ends.length > 0;
        TokenMask mask = mask(context.tokensLeft());
        if (mask.isEmpty() && !endAllowed) {
            throw new IllegalStateException(
                    "the constraint lets no token of the vocabulary follow; the vocabulary lacks"
                            + " tokens of single bytes");
        }
        mask.apply(logits);
        for (int i = 0; i < ends.length && endAllowed; i++) {
            logits[context.eosTokenIds().get(i)] = ends[i];
        }
    }

    /**
     * The tokens that can follow if at most so many tokens are left. As the budget runs out only those remain from which
     * the text can still be ended in time, one byte a token at worst.
     */
    TokenMask mask(int tokensLeft) {
        if (ended) {
            throw new IllegalStateException("the constrained text has ended");
        }
        configuration = constraint.machine().current(configuration);
        TokenMask mask = constraint.mask(configuration);
        return mask.mostBytesToEnd() < tokensLeft ? mask : constraint.closingMask(configuration, tokensLeft - 1);
    }

    /**
     * Whether a token can follow. End-of-text tokens are no text and cannot; see {@link #mayEnd()}.
     *
     * @param token the token's id; one that is not in the vocabulary cannot follow
     * @return true if it can
     */
    public boolean allows(int token) {
        return !ended && mask(Integer.MAX_VALUE).allows(token);
    }

    /**
     * Whether the text so far is one that the constraint allows as a whole.
     *
     * @return true if it may end here, or has ended
     */
    @Override
    public boolean mayEnd() {
        return ended || configuration.accepting();
    }

    /**
     * The shortest way to an end that the tokens give when each of them comes as near to it as possible.
     *
     * @return the tokens; none if the text may end here, or if the vocabulary has no way
     */
    @Override
    public int[] completion() {
        List<Integer> tokens = new ArrayList<>();
        Configuration at = configuration;
        while (!ended && !at.accepting()) {
            at = constraint.machine().current(at);
            int token = constraint.nearestToEnd(at);
            if (token < 0) {
                return new int[0];
            }
            tokens.add(token);
            at = constraint.after(at, token);
        }
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Goes on by a token.
     *
     * @param token the token's id. One without bytes (an end-of-text token) ends the text
     * @throws IllegalArgumentException if it cannot follow; the session stays where it is
     */
    @Override
    public void accept(int token) {
        if (token < 0 || token >= constraint.vocabSize() || constraint.bytes(token).length == 0) {
            if (!mayEnd()) {
                throw new IllegalArgumentException("token " + token + " is no text, and the text may not end here");
            }
            ended = true;
            return;
        }
        Configuration reached = constraint.after(configuration, token);
        if (ended || reached.dead()) {
            throw new IllegalArgumentException("the constraint does not let token " + token + " follow");
        }
        configuration = reached;
    }

    /**
     * Whether the text is complete: it has ended, or it may end and nothing can follow.
     *
     * @return true if so
     */
    @Override
    public boolean isComplete() {
        return ended || configuration.complete();
    }
}
