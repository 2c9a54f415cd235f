package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.generate.LogitsRule;

/**
 * A {@link Constraint} for the tokens of one vocabulary. It is a rule for logits: each sequence gets its own {@link ConstraintSession}.
 *
 * <p>
 * For a state of the automaton the tokens that can follow are a bit mask. It is found by a walk over the tree of all
 * tokens, which costs about a millisecond for 50 000 tokens, and kept while there is room.
 *
 * <p>
 * Thread-safe, and meant to be shared: what one sequence has worked out serves the others.
 */
public final class CompiledConstraint implements LogitsRule {

    private static final long MASK_BYTES = 32L << 20;

    private final Machine machine;
    private final byte[][] vocabulary;
    private final VocabularyTrie trie;
    private final MaskCache masks = new MaskCache(MASK_BYTES);

    /**
     * A constraint for a vocabulary.
     *
     * @param machine the automaton
     * @param vocabulary {@code [vocabSize]}: the bytes of each token; none for a token that is no text
     * @throws IllegalArgumentException if no token can begin a text that the constraint allows
     */
    CompiledConstraint(Machine machine, byte[][] vocabulary) {
        this.machine = machine;
        this.vocabulary = vocabulary;
        this.trie = new VocabularyTrie(vocabulary);
        Configuration start = machine.start();
        if (!start.accepting() && mask(start).isEmpty()) {
            throw new IllegalArgumentException(
                    "no token of the vocabulary can begin a text that the constraint allows");
        }
    }

    /**
     * The session of one new sequence.
     *
     * @return a fresh session, before the first byte
     */
    @Override
    public ConstraintSession newSession() {
        return new ConstraintSession(this, machine.start());
    }

    int vocabSize() {
        return vocabulary.length;
    }

    byte[] bytes(int token) {
        return vocabulary[token];
    }

    Machine machine() {
        return machine;
    }

    TokenMask mask(Configuration configuration) {
        return masks.get(configuration, from -> TokenMask.of(trie, vocabulary.length, machine, from));
    }

    /** Where a token leads; dead if it cannot follow. */
    Configuration after(Configuration from, int token) {
        Configuration reached = from;
        for (byte b : vocabulary[token]) {
            reached = machine.next(reached, b & 0xFF);
        }
        return reached;
    }

    /** The token that comes nearest to an end, the lowest of several; -1 if none comes nearer. */
    int nearestToEnd(Configuration from) {
        return TokenMask.nearestToEnd(trie, machine, from);
    }

    TokenMask closingMask(Configuration configuration, int bytes) {
        return TokenMask.closing(trie, vocabulary.length, machine, configuration, bytes);
    }
}
