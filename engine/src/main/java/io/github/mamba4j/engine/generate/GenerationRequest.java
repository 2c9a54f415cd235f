package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.MambaState;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a text is to be generated from, and how. Immutable, except that a starting state belongs to the caller, who must
 * not change it until the generation has begun; it is copied then. Safe to share between threads.
 *
 * <p>The tokens that are fed are the given token ids, then those of the text. The tokenizer adds its special tokens only
 * if the text comes first. With neither, the prompt is the token that begins every text, if the tokenizer or the
 * configuration has one.
 */
public final class GenerationRequest {
    private final int[] tokenIds;
    private final String text;
    private final GenerationOptions options;
    private final MambaState state;
    private final int[] history;
    private final boolean keepState;
    private final int[] cachePoints;

    private GenerationRequest(Builder b) {
        tokenIds = IntStream.concat(IntStream.of(b.pending), IntStream.of(b.tokenIds)).toArray();
        text = b.text;
        options = b.options;
        state = b.state;
        history = b.history;
        keepState = b.keepState;
        cachePoints = b.cachePoints;
    }

    /**
     * Continues a text.
     *
     * @param text the prompt
     * @param options how
     * @return the request
     */
    public static GenerationRequest of(String text, GenerationOptions options) {
        return builder(options).text(text).build();
    }

    /**
     * Begins a request that goes on from a result: from its state and its last token, which the state has not consumed
     * yet, with all of its tokens as what was there before. Text or tokens that are added come behind. What ended the
     * text stays a part of it: an end-of-text token, the tokens of a stop string.
     *
     * @param result of a request with {@link Builder#keepState(boolean)}
     * @param options how to generate
     * @return a builder without more of a prompt
     * @throws IllegalArgumentException if the result has no state
     */
    public static Builder after(GenerationResult result, GenerationOptions options) {
        Builder builder = new Builder(options);
        builder.state = result.state().orElseThrow(() -> new IllegalArgumentException(
                "the result has no state to go on from: expected one of a request with keepState(true), which was not "
                        + "given up before its prompt was read"));
        int[] all = IntStream.concat(IntStream.of(result.promptTokenIds()), IntStream.of(result.tokenIds())).toArray();
        builder.history = Arrays.copyOf(all, all.length - 1);
        builder.pending = new int[]{result.pendingToken()};
        return builder;
    }

    /**
     * Begins a request.
     *
     * @param options how to generate
     * @return a builder without a prompt
     */
    public static Builder builder(GenerationOptions options) {
        return new Builder(options);
    }

    /**
     * Begins a request that is like this one.
     *
     * @return a builder with all of this request
     */
    public Builder toBuilder() {
        Builder builder = new Builder(options);
        builder.tokenIds = tokenIds;
        builder.text = text;
        builder.state = state;
        builder.history = history;
        builder.keepState = keepState;
        builder.cachePoints = cachePoints;
        return builder;
    }

    /**
     * The tokens that are fed first.
     *
     * @return a copy; may be empty
     */
    public int[] tokenIds() {
        return tokenIds.clone();
    }

    /**
     * The text that is fed after the tokens.
     *
     * @return the text; may be empty
     */
    public String text() {
        return text;
    }

    /**
     * How to generate.
     *
     * @return the options
     */
    public GenerationOptions options() {
        return options;
    }

    /**
     * The state to go on from.
     *
     * @return the caller's object
     */
    public Optional<MambaState> state() {
        return Optional.ofNullable(state);
    }

    /**
     * What the starting state has consumed, as far as it is known.
     *
     * @return a copy; may be empty
     */
    public int[] history() {
        return history.clone();
    }

    /** How many tokens the starting state has consumed, known or not; 0 without one. */
    int consumed() {
        long known = history.length;
        long all = state == null ? known : Math.max(known, state.tokensConsumed());
        return (int) Math.min(all, Integer.MAX_VALUE / 2);
    }

    /**
     * Whether the result has the state at the end.
     *
     * @return true if it does
     */
    public boolean keepState() {
        return keepState;
    }

    /**
     * After how many tokens of the prompt the state goes to the generator's prefix cache.
     *
     * @return a copy, ascending
     */
    public int[] cachePoints() {
        return cachePoints.clone();
    }

    @Override
    public String toString() {
        return "GenerationRequest[text=" + Texts.shortened(text) + ", tokenIds=" + Texts.shortened(tokenIds)
                + (state == null ? "" : ", after " + state.tokensConsumed() + " tokens") + "]";
    }

    /** Builds requests. Not thread-safe. */
    public static final class Builder {
        private GenerationOptions options;
        /** What comes before all other tokens. */
        private int[] pending = {};
        private int[] tokenIds = {};
        private String text = "";
        private MambaState state;
        private int[] history = {};
        private boolean keepState;
        private int[] cachePoints = {};

        private Builder(GenerationOptions options) {
            options(options);
        }

        /**
         * Sets other options.
         *
         * @param value how to generate
         * @return this
         */
        public Builder options(GenerationOptions value) {
            options = Objects.requireNonNull(value, "options");
            return this;
        }

        /**
         * Sets the text.
         *
         * @param value the text
         * @return this
         */
        public Builder text(String value) {
            text = Objects.requireNonNull(value, "text");
            return this;
        }

        /**
         * Sets tokens that come before the text.
         *
         * @param ids their ids
         * @return this
         */
        public Builder tokenIds(int... ids) {
            tokenIds = ids.clone();
            return this;
        }

        /**
         * Goes on from a state. To go on from a result, begin with {@link GenerationRequest#after}: a generator refuses
         * the state of one of its results if the token that it has not consumed does not come first.
         *
         * @param value what was consumed before; of the same model
         * @param consumed the ids of the tokens consumed, as far as they are known: penalties and rules against
         *     repetition count them as part of the prompt; nothing else does
         * @return this
         */
        public Builder state(MambaState value, int... consumed) {
            state = Objects.requireNonNull(value, "state");
            history = consumed.clone();
            return this;
        }

        /**
         * Says whether the result has the state at the end, which takes memory as long as the result is kept.
         *
         * @param value true to keep it
         * @return this
         */
        public Builder keepState(boolean value) {
            keepState = value;
            return this;
        }

        /**
         * Chooses what goes to the prefix cache of the generator, if it has one: the states after the system prompt, or
         * after each message of a conversation.
         *
         * @param tokenCounts numbers of tokens of the prompt; those beyond its end do nothing, and so do all if
         *     there is a starting state
         * @return this
         */
        public Builder cachePoints(int... tokenCounts) {
            cachePoints = Arrays.stream(tokenCounts).sorted().distinct().toArray();
            return this;
        }

        /**
         * Builds the request.
         *
         * @return the request
         */
        public GenerationRequest build() {
            return new GenerationRequest(this);
        }
    }
}
