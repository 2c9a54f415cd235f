package io.github.mamba4j.engine.generate;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * A text as it is generated. The text gets on while somebody asks for it: passes of the model run inside
 * {@link #hasNext()}, {@link #next()} and {@link #result()}, or inside other calls of the same generator, and those wait
 * for a reader that is far behind. The text of a beam search is one chunk, which comes when the search has ended.
 *
 * <p>One thread reads; {@link #cancel()} may come from any thread. Close a stream that is not read to its end.
 */
public final class GenerationStream implements Iterator<TextChunk>, AutoCloseable {
    private final TextSource source;
    private final Consumer<GenerationResult> onResult;
    private TextChunk next;

    GenerationStream(TextSource source, Consumer<GenerationResult> onResult) {
        this.source = source;
        this.onResult = onResult;
    }

    /**
     * Waits for the next chunk. A thread that is interrupted cancels the text and stays interrupted.
     *
     * @return false if the text has ended, for whatever reason; an error shows in {@link #result()}
     */
    @Override
    public boolean hasNext() {
        if (next == null) {
            next = source.next();
        }
        return next != null;
    }

    /**
     * Waits for the next chunk and takes it.
     *
     * @return the chunk
     * @throws NoSuchElementException if the text has ended
     */
    @Override
    public TextChunk next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the text has ended");
        }
        TextChunk chunk = next;
        next = null;
        return chunk;
    }

    /** Ends the text after the pass that is running, if it has not ended yet. Chunks that are there can still be read. */
    public void cancel() {
        source.cancel();
    }

    /**
     * Reads the rest and returns the result. After {@link #cancel()} that is what was generated until then.
     *
     * @return the result
     * @throws RuntimeException what went wrong, for instance in a processor
     */
    public GenerationResult result() {
        while (hasNext()) {
            next = null;
        }
        GenerationResult result = source.result();
        onResult.accept(result);
        return result;
    }

    /** Cancels what is not finished. Closing again does nothing. */
    @Override
    public void close() {
        cancel();
    }
}
