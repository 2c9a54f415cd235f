package io.github.mamba4j.engine.generate;

/** Where the chunks and the result of a {@link GenerationStream} come from. */
interface TextSource {
    /** Waits for the next chunk; null if the text has ended, for whatever reason. */
    TextChunk next();

    /**
     * Waits for the end.
     *
     * @throws RuntimeException what went wrong
     */
    GenerationResult result();

    /** Ends the text soon; from any thread. */
    void cancel();
}
