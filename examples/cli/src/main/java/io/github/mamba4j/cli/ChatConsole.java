package io.github.mamba4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** Where a conversation takes place: a terminal, or streams. */
sealed interface ChatConsole extends AutoCloseable permits TerminalConsole, StreamConsole {
    /**
     * Opens what there is.
     *
     * @param io the streams
     * @param history where typed lines are kept; used by a terminal only
     * @return a terminal, if standard input and output both are one
     * @throws IOException if the terminal cannot be opened
     */
    static ChatConsole open(Io io, Optional<Path> history) throws IOException {
        boolean terminal = io.in() == System.in && System.console() != null && System.console().isTerminal();
        return terminal ? TerminalConsole.open(history) : new StreamConsole(io);
    }

    /**
     * Reads a line.
     *
     * @param prompt what a person sees before it
     * @return the line; null at the end
     * @throws InterruptedLine if it was given up while it was typed
     * @throws IOException if it cannot be read
     */
    String readLine(String prompt) throws IOException, InterruptedLine;

    /**
     * Shows a piece of an answer at once.
     *
     * @param text the piece
     */
    void print(String text);

    /**
     * Tells a person something that belongs to no answer.
     *
     * @param text one or more lines
     */
    void tell(String text);

    /**
     * Whether a person is there.
     *
     * @return true for a terminal
     */
    boolean isTerminal();

    /**
     * Does work that Ctrl-C ends, and nothing else.
     *
     * @param <T> what comes of it
     * @param cancel asks the work to end; called on another thread
     * @param work the work
     * @return its result
     */
    <T> T cancelled(Runnable cancel, Supplier<T> work);

    @Override
    void close() throws IOException;

    /** A line was given up while it was typed. */
    final class InterruptedLine extends Exception {
        private static final long serialVersionUID = 1L;

        InterruptedLine() {
            super("the line was given up");
        }
    }
}
