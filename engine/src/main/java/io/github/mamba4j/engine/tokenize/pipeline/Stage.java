package io.github.mamba4j.engine.tokenize.pipeline;

/** Takes the pieces of a text, from left to right. Not thread-safe. */
abstract class Stage {
    /** Takes a piece, which may be used for something else afterwards. */
    abstract void accept(Piece piece);
}
