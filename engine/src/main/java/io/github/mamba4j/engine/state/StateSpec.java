package io.github.mamba4j.engine.state;

/** What a mixer needs to remember of a sequence. */
public sealed interface StateSpec permits RecurrentSpec {
    /**
     * The state of a sequence that has not begun.
     *
     * @return a new state
     */
    LayerState newState();

    /**
     * The sizes, for people.
     *
     * @return a few words
     */
    String describe();
}
