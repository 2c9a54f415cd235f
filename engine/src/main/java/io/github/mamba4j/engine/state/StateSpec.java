package io.github.mamba4j.engine.state;

/** What a mixer needs to remember of a sequence. */
public sealed interface StateSpec permits RecurrentSpec, KeyValueSpec {
    /**
     * The state of a sequence that has not begun.
     *
     * @return a new state
     */
    LayerState newState();

    /**
     * The most tokens that the mixer was made for. More are taken, with worse results.
     *
     * @return tokens; {@link Long#MAX_VALUE} for a mixer that does not know how far from the beginning it is
     */
    default long maxPositions() {
        return Long.MAX_VALUE;
    }

    /**
     * The sizes, for people.
     *
     * @return a few words
     */
    String describe();
}
